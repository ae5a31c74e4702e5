/** Values stay, shapes change: reshape, transpose, slice, pad, concat, split, tile, fill. */
import * as tf from '@tensorflow/tfjs';
import type { DataType } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import {
  axisFromFront,
  dataTypeAttribute,
  input,
  type Kernel,
  listOf,
  numberAttribute,
  numbersAttribute,
  range,
  sizeOf,
  withAxis,
} from './kernel.js';

const reshape: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const shape = tf.util.inferFromImplicitShape(numbersAttribute(attributes, 'shape'), sizeOf(x.shape));
  return g.reshape(x, shape);
};

const expandDims: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'input');
  const axis = axisFromFront(numberAttribute(attributes, 'dim', 0), x.shape.length + 1);
  return g.reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
};

const transpose: Kernel = (g, inputs, attributes) =>
  g.transpose(input(inputs, 'x'), numbersAttribute(attributes, 'perm'));

const slice: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const [begin, size] = tf.slice_util.parseSliceParams(
    { shape: [...x.shape] } as tf.TensorInfo,
    numbersAttribute(attributes, 'begin'),
    numbersAttribute(attributes, 'size'),
  );
  return sliced(g, x, begin ?? [], size ?? []);
};

/** x[begin : begin + size], touching only the axes that are really cut. */
export function sliced(g: GraphBuilder, x: Traced, begin: readonly number[], size: readonly number[]): Traced {
  const axes = range(x.shape.length).filter((axis) => begin[axis] !== 0 || size[axis] !== x.shape[axis]);
  if (axes.length === 0) return x;
  const starts = axes.map((axis) => begin[axis] ?? 0);
  const ends = axes.map((axis) => (begin[axis] ?? 0) + (size[axis] ?? 0));
  return g.node('Slice', [x, g.int64(starts), g.int64(ends), g.int64(axes)], size, x.dtype);
}

const pad: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const paddings = attributes.paddings as [before: number, after: number][];
  return padded(g, x, paddings, numberAttribute(attributes, 'constantValue', 0));
};

export function padded(
  g: GraphBuilder,
  x: Traced,
  paddings: readonly (readonly [before: number, after: number])[],
  value: number,
): Traced {
  if (x.shape.length === 0) return x;
  const shape = x.shape.map((length, axis) => length + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
  const amounts = g.int64([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
  return g.node('Pad', [x, amounts, g.scalar(value, x.dtype === 'int32' ? 'int32' : 'float32')], shape, x.dtype);
}

const concat: Kernel = (g, inputs, attributes) => {
  const parts = listOf(inputs);
  const rank = parts[0]?.shape.length ?? 0;
  return concatenated(g, parts, axisFromFront(numberAttribute(attributes, 'axis', 0), rank));
};

function concatenated(g: GraphBuilder, parts: readonly Traced[], axis: number): Traced {
  const [first] = parts;
  if (first === undefined) throw new Error('concat of nothing');
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  return g.node('Concat', parts, withAxis(first.shape, axis, length), first.dtype, { axis });
}

const split: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const axis = axisFromFront(numberAttribute(attributes, 'axis', 0), x.shape.length);
  const wanted = attributes.numOrSizeSplits as number | number[];
  const sizes = tf.backend_util.prepareSplitSize({ shape: [...x.shape] } as tf.Tensor, wanted, axis);
  return splitInto(g, x, sizes, axis);
};

function splitInto(g: GraphBuilder, x: Traced, sizes: readonly number[], axis: number): Traced[] {
  if (sizes.length === 1) return [x];
  const outputs = sizes.map((size) => ({ shape: withAxis(x.shape, axis, size), dtype: x.dtype }));
  return g.nodes('Split', [x, g.int64(sizes)], outputs, { axis });
}

const pack: Kernel = (g, inputs, attributes) => {
  const parts = listOf(inputs);
  const rank = (parts[0]?.shape.length ?? 0) + 1;
  const axis = axisFromFront(numberAttribute(attributes, 'axis', 0), rank);
  const widened = parts.map((part) => g.reshape(part, [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)]));
  return concatenated(g, widened, axis);
};

const unpack: Kernel = (g, inputs, attributes) => {
  const value = input(inputs, 'value');
  const axis = axisFromFront(numberAttribute(attributes, 'axis', 0), value.shape.length);
  const count = value.shape[axis] ?? 0;
  const narrow = [...value.shape.slice(0, axis), ...value.shape.slice(axis + 1)];
  return splitInto(g, value, new Array<number>(count).fill(1), axis).map((part) => g.reshape(part, narrow));
};

const tile: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const reps = numbersAttribute(attributes, 'reps');
  return g.node(
    'Tile',
    [x, g.int64(reps)],
    x.shape.map((length, axis) => length * (reps[axis] ?? 1)),
    x.dtype,
  );
};

const fill: Kernel = (g, _, attributes) =>
  filled(
    g,
    numbersAttribute(attributes, 'shape'),
    numberAttribute(attributes, 'value'),
    dataTypeAttribute(attributes, 'dtype', 'float32'),
  );

const likeFilledWith =
  (value: number): Kernel =>
  (g, inputs) => {
    const x = input(inputs, 'x');
    return filled(g, x.shape, value, x.dtype);
  };

/** A tensor of one value. */
export function filled(g: GraphBuilder, shape: readonly number[], value: number, dtype: DataType): Traced {
  const one =
    dtype === 'bool'
      ? g.constant(Uint8Array.of(value), [], 'bool')
      : g.scalar(value, dtype === 'int32' ? 'int32' : 'float32');
  return shape.length === 0 ? one : g.node('Expand', [one, g.int64(shape)], shape, dtype);
}

export const shapeKernels: Readonly<Record<string, Kernel>> = {
  Concat: concat,
  ExpandDims: expandDims,
  Fill: fill,
  OnesLike: likeFilledWith(1),
  Pack: pack,
  PadV2: pad,
  Reshape: reshape,
  Slice: slice,
  SplitV: split,
  Tile: tile,
  Transpose: transpose,
  Unpack: unpack,
  ZerosLike: likeFilledWith(0),
};
