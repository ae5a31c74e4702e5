/** Tensors of values known while tracing: one value everywhere, ranges. */
import { type DataType, sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { dataTypeAttribute, input, type Kernel, numberAttribute, numbersAttribute } from './kernel.js';

/** A tensor of one value. */
export function filled(g: GraphBuilder, shape: readonly number[], value: number, dtype: DataType): Traced {
  if (sizeOf(shape) === 0) return empty(g, shape, dtype);
  const one =
    dtype === 'bool'
      ? g.constant(Uint8Array.of(value), [], 'bool')
      : g.scalar(value, dtype === 'int32' ? 'int32' : 'float32');
  return shape.length === 0 ? one : g.node('Expand', [one, g.int64(shape)], shape, dtype);
}

/** A tensor without elements: some axis has length 0. */
export function empty(g: GraphBuilder, shape: readonly number[], dtype: DataType): Traced {
  const data = dtype === 'float32' ? new Float32Array(0) : dtype === 'int32' ? new Int32Array(0) : new Uint8Array(0);
  return g.constant(data, shape, dtype);
}

const fill: Kernel = (g, _, attributes) => {
  const value = numberOrFlag(attributes.value);
  const dtype = dataTypeAttribute(attributes, 'dtype', typeof attributes.value === 'boolean' ? 'bool' : 'float32');
  return filled(g, numbersAttribute(attributes, 'shape'), value, dtype);
};

function numberOrFlag(value: unknown): number {
  return typeof value === 'boolean' ? Number(value) : numberAttribute({ value }, 'value');
}

const likeFilledWith =
  (value: number): Kernel =>
  (g, inputs) => {
    const x = input(inputs, 'x');
    return filled(g, x.shape, value, x.dtype);
  };

/**
 * start, start + step, … up to but without stop. As in TensorFlow.js, a step of 1 counts down where stop lies below start,
 * and then the last number may be missing: range(4.5, 1) is 4.5, 3.5, 2.5.
 */
const range: Kernel = (g, _, attributes) => {
  const start = numberAttribute(attributes, 'start');
  const stop = numberAttribute(attributes, 'stop');
  const given = numberAttribute(attributes, 'step', 1);
  const dtype = dataTypeAttribute(attributes, 'dtype', 'float32');
  const leadsAway = (start < stop && given < 0) || (stop < start && given > 1);
  const count = leadsAway ? 0 : Math.abs(Math.ceil((stop - start) / given));
  const step = stop < start && given === 1 ? -1 : given;
  return progression(g, start, step, count, dtype === 'int32' ? 'int32' : 'float32');
};

/** `num` numbers from start to stop, both included. */
const linSpace: Kernel = (g, _, attributes) => {
  const start = numberAttribute(attributes, 'start');
  const count = numberAttribute(attributes, 'num');
  const step = (numberAttribute(attributes, 'stop') - start) / (count - 1);
  return progression(g, start, step, count, 'float32');
};

/** Sums are rounded at every step, as in TensorFlow.js, so that both end on the same number. */
function progression(g: GraphBuilder, start: number, step: number, count: number, dtype: 'float32' | 'int32'): Traced {
  const data = dtype === 'int32' ? new Int32Array(count) : new Float32Array(count);
  for (let index = 0; index < count; index++) data[index] = index === 0 ? start : (data[index - 1] ?? 0) + step;
  return g.constant(data, [count], dtype);
}

export const fillKernels: Readonly<Record<string, Kernel>> = {
  Fill: fill,
  LinSpace: linSpace,
  OnesLike: likeFilledWith(1),
  Range: range,
  ZerosLike: likeFilledWith(0),
};
