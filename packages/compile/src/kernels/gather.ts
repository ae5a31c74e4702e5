/** Rows by index, and sums of rows by index (the gradient of the former). */
import { CompileError } from '../errors.js';
import { axisFromFront, input, type Kernel, numberAttribute, range, sizeOf } from './kernel.js';
import { filled } from './shape.js';

const gather: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const indices = input(inputs, 'indices');
  const axis = axisFromFront(numberAttribute(attributes, 'axis', 0), x.shape.length);
  if (numberAttribute(attributes, 'batchDims', 0) !== 0) {
    throw new CompileError(
      'trace: tf.gather with batchDims is not supported; flatten the batch into the indices instead.',
    );
  }
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return g.node('Gather', [x, indices], shape, x.dtype, { axis });
};

/**
 * Rows of x added up by segment id. ScatterElements, not ScatterND: the runtime's ScatterND(add) loses
 * updates when two threads meet on one row.
 */
const unsortedSegmentSum: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const ids = input(inputs, 'segmentIds');
  const count = numberAttribute(attributes, 'numSegments');
  const rank = x.shape.length;
  const column = g.reshape(ids, [...ids.shape, ...new Array<number>(rank - 1).fill(1)]);
  const spread = g.node('Expand', [column, g.int64(x.shape)], x.shape, ids.dtype);
  const shape = [count, ...x.shape.slice(1)];
  if (sizeOf(x.shape) === 0) return filled(g, shape, 0, x.dtype);
  return g.node('ScatterElements', [filled(g, shape, 0, x.dtype), spread, x], shape, x.dtype, {
    axis: 0,
    reduction: 'add',
  });
};

const oneHot: Kernel = (g, inputs, attributes) => {
  const indices = input(inputs, 'indices');
  const depth = numberAttribute(attributes, 'depth');
  const off = numberAttribute(attributes, 'offValue', 0);
  const on = numberAttribute(attributes, 'onValue', 1);
  const column = g.reshape(indices, [...indices.shape, 1]);
  const classes = g.constant(Int32Array.from(range(depth)), [depth], 'int32');
  const hit = g.node('Equal', [column, classes], [...indices.shape, depth], 'bool');
  const dtype = attributes.dtype === 'float32' ? 'float32' : 'int32';
  return g.node('Where', [hit, g.scalar(on, dtype), g.scalar(off, dtype)], [...indices.shape, depth], dtype);
};

export const gatherKernels: Readonly<Record<string, Kernel>> = {
  GatherV2: gather,
  OneHot: oneHot,
  UnsortedSegmentSum: unsortedSegmentSum,
};
