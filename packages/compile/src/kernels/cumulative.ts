/** Running sums and products along an axis. */
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { filled } from './fill.js';
import { axisFromFront, flagAttribute, input, type Kernel, numberAttribute, withAxis } from './kernel.js';
import { concatenated, sliced } from './slicing.js';

/** Of a scalar, which has no axis, TensorFlow.js gives 0, and 1 as its running product: so do we. */
const cumsum: Kernel = (g, inputs, attributes) => {
  const x = counted(g, input(inputs, 'x'));
  if (x.shape.length === 0) return filled(g, [], 0, x.dtype);
  const axis = axisFromFront(numberAttribute(attributes, 'axis', 0), x.shape.length);
  return g.node('CumSum', [x, g.constant(BigInt64Array.of(BigInt(axis)), [], 'int64')], x.shape, x.dtype, {
    exclusive: flagAttribute(attributes, 'exclusive') ? 1 : 0,
    reverse: flagAttribute(attributes, 'reverse') ? 1 : 0,
  });
};

/** ONNX has no running product: products over 1, 2, 4, … neighbours double until they span the axis. */
const cumprod: Kernel = (g, inputs, attributes) => {
  const x = counted(g, input(inputs, 'x'));
  if (x.shape.length === 0) return filled(g, [], 1, x.dtype);
  const axis = axisFromFront(numberAttribute(attributes, 'axis', 0), x.shape.length);
  const reverse = flagAttribute(attributes, 'reverse');
  let product = flagAttribute(attributes, 'exclusive') ? shifted(g, x, axis, 1, reverse) : x;
  for (let distance = 1; distance < (x.shape[axis] ?? 0); distance *= 2) {
    product = g.node('Mul', [product, shifted(g, product, axis, distance, reverse)], x.shape, x.dtype);
  }
  return product;
};

/** x moved along an axis, towards its end or (reverse) its start; ones come in. */
function shifted(g: GraphBuilder, x: Traced, axis: number, distance: number, reverse: boolean): Traced {
  const length = x.shape[axis] ?? 0;
  if (length === 0) return x;
  const ones = filled(g, withAxis(x.shape, axis, distance), 1, x.dtype);
  const begin = x.shape.map((_, index) => (index === axis && reverse ? distance : 0));
  const kept = sliced(g, x, begin, withAxis(x.shape, axis, length - distance));
  return concatenated(g, reverse ? [kept, ones] : [ones, kept], axis);
}

function counted(g: GraphBuilder, x: Traced): Traced {
  return x.dtype === 'bool' ? g.cast(x, 'int32') : x;
}

export const cumulativeKernels: Readonly<Record<string, Kernel>> = { Cumprod: cumprod, Cumsum: cumsum };
