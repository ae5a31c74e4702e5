/** Rows by index, and sums of rows by index (the gradient of the former). */
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import {
  axisFromFront,
  dataTypeAttribute,
  input,
  type Kernel,
  numberAttribute,
  numbersAttribute,
  range,
} from './kernel.js';
import { segmentSum } from './segment-sum.js';

const gather: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const indices = input(inputs, 'indices');
  const axis = axisFromFront(numberAttribute(attributes, 'axis', 0), x.shape.length);
  const batchDims = axisFromFront(numberAttribute(attributes, 'batchDims', 0), indices.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
  if (batchDims === 0) return g.node('Gather', [x, indices], shape, x.dtype, { axis });
  return gatherPerItem(g, x, indices, { axis, batchDims, shape });
};

interface BatchedGather {
  readonly axis: number;
  readonly batchDims: number;
  readonly shape: readonly number[];
}

/**
 * Each batch item reads by indices of its own: items are laid end to end along the gathered axis and
 * every item's indices are moved to where the item lies.
 */
function gatherPerItem(g: GraphBuilder, x: Traced, indices: Traced, { axis, batchDims, shape }: BatchedGather): Traced {
  const batch = sizeOf(x.shape.slice(0, batchDims));
  const between = sizeOf(x.shape.slice(batchDims, axis));
  const length = x.shape[axis] ?? 0;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const perItem = sizeOf(indices.shape.slice(batchDims));
  const first = g.transpose(g.reshape(x, [batch, between, length, inner]), [0, 2, 1, 3]);
  const rows = g.reshape(first, [batch * length, between * inner]);
  const starts = g.constant(
    Int32Array.from(range(batch), (item) => item * length),
    [batch, 1],
    'int32',
  );
  const places = g.node('Add', [g.reshape(indices, [batch, perItem]), starts], [batch, perItem], 'int32');
  const read = g.node('Gather', [rows, places], [batch, perItem, between * inner], x.dtype, { axis: 0 });
  const back = g.transpose(g.reshape(read, [batch, perItem, between, inner]), [0, 2, 1, 3]);
  return g.reshape(back, shape);
}

const gatherNd: Kernel = (g, inputs) => {
  const params = input(inputs, 'params');
  const indices = input(inputs, 'indices');
  const depth = indices.shape.at(-1) ?? 0;
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  return g.node('GatherND', [params, g.cast(indices, 'int64')], shape, params.dtype);
};

const unsortedSegmentSum: Kernel = (g, inputs, attributes) =>
  segmentSum(g, input(inputs, 'x'), input(inputs, 'segmentIds'), numberAttribute(attributes, 'numSegments'));

/** Updates added up at index tuples: the tuples become numbers of rows. */
const scatterNd: Kernel = (g, inputs, attributes) => {
  const updates = input(inputs, 'updates');
  const indices = input(inputs, 'indices');
  const shape = numbersAttribute(attributes, 'shape');
  const depth = indices.shape.at(-1) ?? 0;
  const count = sizeOf(indices.shape.slice(0, -1));
  const strides = range(depth).map((axis) => sizeOf(shape.slice(axis + 1, depth)));
  const tuples = g.reshape(indices, [count, depth]);
  const weighted = g.node(
    'Mul',
    [tuples, g.constant(Int32Array.from(strides), [depth], 'int32')],
    [count, depth],
    'int32',
  );
  const rows = g.node('ReduceSum', [weighted, g.int64([1])], [count], 'int32', { keepdims: 0 });
  const flat = g.reshape(updates, [count, sizeOf(shape.slice(depth))]);
  return g.reshape(segmentSum(g, flat, rows, sizeOf(shape.slice(0, depth))), shape);
};

const oneHot: Kernel = (g, inputs, attributes) => {
  const indices = input(inputs, 'indices');
  const depth = numberAttribute(attributes, 'depth');
  const off = numberAttribute(attributes, 'offValue', 0);
  const on = numberAttribute(attributes, 'onValue', 1);
  const shape = [...indices.shape, depth];
  const classes = g.constant(Int32Array.from(range(depth)), [depth], 'int32');
  const hit = g.node('Equal', [g.reshape(indices, [...indices.shape, 1]), classes], shape, 'bool');
  const dtype = dataTypeAttribute(attributes, 'dtype', 'int32');
  const numbers = dtype === 'float32' ? 'float32' : 'int32';
  return g.cast(g.node('Where', [hit, g.scalar(on, numbers), g.scalar(off, numbers)], shape, numbers), dtype);
};

export const gatherKernels: Readonly<Record<string, Kernel>> = {
  GatherNd: gatherNd,
  GatherV2: gather,
  OneHot: oneHot,
  ScatterNd: scatterNd,
  UnsortedSegmentSum: unsortedSegmentSum,
};
