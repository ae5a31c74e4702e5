/** Parts of tensors, and tensors of parts: slice, reverse, split, unstack, concat, stack. */

import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import {
  axisFromFront,
  input,
  type Kernel,
  listOf,
  numberAttribute,
  numbersAttribute,
  range,
  withAxis,
} from './kernel.js';

const slice: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const [begin = [], size = []] = tf.slice_util.parseSliceParams(
    { shape: [...x.shape] } as tf.TensorInfo,
    numbersAttribute(attributes, 'begin'),
    attributes.size == null ? undefined : numbersAttribute(attributes, 'size'),
  );
  return sliced(g, x, begin, size);
};

/** x[begin : begin + size]. */
export function sliced(g: GraphBuilder, x: Traced, begin: readonly number[], size: readonly number[]): Traced {
  const ends = begin.map((start, axis) => start + (size[axis] ?? 0));
  return stridden(
    g,
    x,
    begin,
    ends,
    x.shape.map(() => 1),
    size,
  );
}

/** x[begin : end : step], touching only the axes that are really cut. */
export function stridden(
  g: GraphBuilder,
  x: Traced,
  begin: readonly number[],
  end: readonly number[],
  step: readonly number[],
  shape: readonly number[],
): Traced {
  const axes = range(x.shape.length).filter((axis) => step[axis] !== 1 || shape[axis] !== x.shape[axis]);
  if (axes.length === 0) return x;
  const along = (values: readonly number[]) => g.int64(axes.map((axis) => values[axis] ?? 0));
  const steps = axes.some((axis) => step[axis] !== 1) ? [along(step)] : [];
  return g.node('Slice', [x, along(begin), along(end), g.int64(axes), ...steps], shape, x.dtype);
}

const stridedSlice: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const mask = (name: string) => numberAttribute(attributes, name, 0);
  const info = tf.slice_util.sliceInfo(
    [...x.shape],
    numbersAttribute(attributes, 'begin'),
    numbersAttribute(attributes, 'end'),
    numbersAttribute(attributes, 'strides'),
    mask('beginMask'),
    mask('endMask'),
    mask('ellipsisMask'),
    mask('newAxisMask'),
    mask('shrinkAxisMask'),
  );
  const lengths = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  const ends = info.end.map((end, axis) => endOf(end, info.strides[axis] ?? 1, x.shape[axis] ?? 0));
  return g.reshape(stridden(g, x, info.begin, ends, info.strides, lengths), info.finalShape);
};

/** Walking down, TensorFlow.js ends at -1, which ONNX would count from the back. */
function endOf(end: number, step: number, length: number): number {
  return step < 0 && end < 0 ? -length - 1 : end;
}

const reverse: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const dims = attributes.dims == null ? range(x.shape.length) : numbersAttribute(attributes, 'dims');
  return reversed(g, x, tf.util.parseAxisParam(dims, [...x.shape]));
};

/** x with the order along some axes turned round. */
export function reversed(g: GraphBuilder, x: Traced, axes: readonly number[]): Traced {
  const each = (turned: (length: number) => number, kept: (length: number) => number) =>
    x.shape.map((length, axis) => (axes.includes(axis) ? turned(length) : kept(length)));
  const begin = each(
    (length) => length - 1,
    () => 0,
  );
  const end = each(
    (length) => -length - 1,
    (length) => length,
  );
  return stridden(
    g,
    x,
    begin,
    end,
    each(
      () => -1,
      () => 1,
    ),
    x.shape,
  );
}

const concat: Kernel = (g, inputs, attributes) => {
  const given = listOf(inputs);
  const { dtype = 'float32', shape = [] } = given[0] ?? {};
  const parts = given.map((part) => g.cast(part, dtype)); // the first one's, as in TensorFlow.js
  const rank = shape.length;
  return concatenated(g, parts, axisFromFront(numberAttribute(attributes, 'axis', 0), rank));
};

export function concatenated(g: GraphBuilder, parts: readonly Traced[], axis: number): Traced {
  const [first] = parts;
  if (first === undefined) throw new CompileError('trace: a concatenation of no tensors; give it at least one.');
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

export const slicingKernels: Readonly<Record<string, Kernel>> = {
  Concat: concat,
  Pack: pack,
  Reverse: reverse,
  Slice: slice,
  SplitV: split,
  StridedSlice: stridedSlice,
  Unpack: unpack,
};
