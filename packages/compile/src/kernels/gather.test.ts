import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.js';
import { nodeRuntime } from '../node/index.js';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { countsWithin, floats, ints } from '../test-support/tensors.js';

const gather =
  (axis: number, batchDims = 0) =>
  (x: tf.Tensor, indices: tf.Tensor) =>
    tf.gather(x, indices as tf.Tensor1D, axis, batchDims);

const gatherCases: KernelCase[] = [
  { name: 'gather rows', fn: gather(0), inputs: [values([4, 3]), ints([2, 0, 2])] },
  { name: 'gather along the last axis', fn: gather(-1), inputs: [values([2, 4]), ints([3, 3])], gradients: [] },
  { name: 'gather along the middle axis', fn: gather(1), inputs: [values([2, 3, 2]), ints([1, 1, 0, 2])] },
  { name: 'gather by a matrix of indices', fn: gather(0), inputs: [values([4, 2]), ints([0, 3, 1, 1], [2, 2])] },
  { name: 'gather from a vector', fn: gather(0), inputs: [values([5]), ints([4, 0, 4, 4])] },
  { name: 'gather by no indices', fn: gather(0), inputs: [values([5, 2]), ints([], [0])], gradients: [] },
  { name: 'gather integers', fn: gather(0), inputs: [countsWithin(-9, 9, [4, 2]), ints([1, 1])] },
];

/** TensorFlow.js has no gradient for batches of two axes, and a wrong one for a batch of one. */
const batchedGatherCases: KernelCase[] = [
  { name: 'gather per item', fn: gather(1, 1), inputs: [values([2, 3]), ints([0, 2, 1, 1], [2, 2])] },
  {
    name: 'gather per item along a later axis',
    fn: gather(2, 1),
    inputs: [values([2, 3, 4, 2]), ints([0, 3, 1, 1], [2, 2])],
  },
  {
    name: 'gather per item of two batch axes',
    fn: gather(2, 2),
    inputs: [values([2, 2, 3]), countsWithin(0, 2, [2, 2, 4])],
  },
  { name: 'gather one per item', fn: gather(1, 1), inputs: [values([3, 4, 2]), ints([3, 0, 2])] },
].map((given) => ({ ...given, gradients: [] }));

const gatherNdCases: KernelCase[] = [
  { name: 'gatherND elements', fn: tf.gatherND, inputs: [values([2, 3]), ints([0, 1, 1, 2], [2, 2])], gradients: [] },
  { name: 'gatherND rows', fn: tf.gatherND, inputs: [values([3, 2, 2]), ints([2, 0, 2], [3, 1])], gradients: [] },
  { name: 'gatherND by nothing', fn: tf.gatherND, inputs: [values([3, 2]), ints([], [0, 1])], gradients: [] },
];

const segmentSum = (count: number) => (x: tf.Tensor, ids: tf.Tensor) =>
  tf.unsortedSegmentSum(x, ids as tf.Tensor1D, count);

const sumCases: KernelCase[] = [
  { name: 'unsortedSegmentSum of a vector', fn: segmentSum(3), inputs: [values([5]), ints([2, 0, 2, 2, 0])] },
  { name: 'unsortedSegmentSum of matrices', fn: segmentSum(4), inputs: [values([3, 2, 2]), ints([1, 3, 1])] },
  {
    name: 'unsortedSegmentSum ignores ids that are no segments',
    fn: segmentSum(2),
    inputs: [values([4, 2]), ints([1, -1, 2, 1])],
    gradients: [],
  },
  {
    name: 'unsortedSegmentSum of integers, which TensorFlow.js makes floats',
    fn: (x, ids) => tf.cast(segmentSum(3)(x, ids), 'float32'),
    inputs: [countsWithin(-9, 9, [4]), ints([2, 0, 2, 2])],
  },
  {
    name: 'scatterND of elements',
    fn: (ids, x) => tf.scatterND(ids, x, [2, 3]),
    inputs: [ints([0, 1, 1, 2, 0, 1], [3, 2]), values([3])],
    gradients: [],
  },
  {
    name: 'scatterND of rows',
    fn: (ids, x) => tf.scatterND(ids, x, [4, 2]),
    inputs: [ints([2, 0, 2], [3, 1]), values([3, 2])],
    gradients: [],
  },
];

/** 192 rows of 16 in blocks of 96: segment 5 begins in the first block and ends in the last but one row of all. */
const longSegments = (row: number) => (row < 60 ? row % 5 : row < 190 ? 5 : 9);

const blockCases: KernelCase[] = [
  { name: 'over two blocks', rows: 192, count: 12, id: longSegments },
  { name: 'over five blocks, in one segment', rows: 480, count: 2, id: () => 1 },
  { name: 'by ids in no order', rows: 288, count: 40, id: (row: number) => (row * row * 7) % 53 },
  { name: 'in segments of one', rows: 96, count: 96, id: (row: number) => 95 - row },
  { name: 'with ids that are no segments', rows: 192, count: 6, id: (row: number) => (row % 11) - 3 },
  { name: 'with no segment at all', rows: 96, count: 3, id: () => -1 },
].map(({ name, rows, count, id }) => ({
  name: `unsortedSegmentSum of long rows ${name}`,
  fn: segmentSum(count),
  inputs: [values([rows, 16]), ints(Array.from({ length: rows }, (_, row) => id(row)))],
  gradients: [],
}));

const oneHot =
  (depth: number, on?: number, off?: number, dtype?: 'float32' | 'int32' | 'bool') => (indices: tf.Tensor) =>
    tf.oneHot(indices, depth, on, off, dtype);

const oneHotCases: KernelCase[] = [
  { name: 'oneHot', fn: oneHot(4), inputs: [ints([0, 3, 1])] },
  { name: 'oneHot of a matrix, some out of range', fn: oneHot(3), inputs: [ints([0, 3, -1, 2], [2, 2])] },
  { name: 'oneHot of nothing', fn: oneHot(3), inputs: [ints([], [0])] },
  { name: 'oneHot of a scalar', fn: oneHot(3), inputs: [ints([1], [])] },
  { name: 'oneHot between 0.1 and 0.9', fn: oneHot(3, 0.9, 0.1, 'float32'), inputs: [ints([2, 0])] },
];

describeKernels('gather kernels', [
  ...gatherCases,
  ...batchedGatherCases,
  ...gatherNdCases,
  ...sumCases,
  ...blockCases,
  ...oneHotCases,
  { name: 'an embedding and its gradient', fn: gather(0), inputs: [values([6, 4]), countsWithin(0, 5, [3, 5])] },
  { name: 'gather from one row', fn: gather(0), inputs: [floats([1, 2], [1, 2]), ints([0, 0, 0])] },
]);

describe('sums at duplicate places', () => {
  it.each([15, 16])(
    'give the same bits in 1,000 runs on 2 threads, with 4,096 rows of %d meeting in 7',
    async (each) => {
      const rows = values([4096, each]);
      const ids = { shape: [4096], data: Int32Array.from({ length: 4096 }, (_, row) => (row * row) % 7) };
      const sum = await compile(
        ({ x, segments }) => ({ sums: tf.unsortedSegmentSum(x as tf.Tensor, segments as tf.Tensor1D, 7) }),
        { x: { shape: [4096, each], dtype: 'float32' }, segments: { shape: [4096], dtype: 'int32' } },
        { runtime: await nodeRuntime({ threads: 2 }) },
      );
      const first = (await sum.run({ x: rows, segments: ids })).sums?.data;
      const expected = new Float64Array(7 * each);
      for (const [index, value] of rows.data.entries()) {
        const place = (ids.data[Math.floor(index / each)] ?? 0) * each + (index % each);
        expected[place] = (expected[place] ?? 0) + value;
      }
      for (const [place, value] of expected.entries()) expect(first?.[place]).toBeCloseTo(value, 3);
      let different = 0;
      for (let run = 1; run < 1000; run++) {
        const again = (await sum.run({ x: rows, segments: ids })).sums?.data;
        if (!again?.every((value, index) => value === first?.[index])) different++;
      }
      await sum.dispose();
      expect(different).toBe(0);
    },
  );
});
