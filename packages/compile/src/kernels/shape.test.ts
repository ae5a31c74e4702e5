import * as tf from '@tensorflow/tfjs';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { bools, countsWithin, flags, floats } from '../test-support/tensors.js';

const reshapeCases: KernelCase[] = [
  { name: 'reshape', fn: (x) => tf.reshape(x, [3, -1]), inputs: [values([2, 3, 4])] },
  { name: 'reshape to a scalar', fn: (x) => tf.reshape(x, []), inputs: [values([1, 1])] },
  { name: 'reshape a scalar', fn: (x) => tf.reshape(x, [1, 1]), inputs: [values([])] },
  { name: 'reshape nothing', fn: (x) => tf.reshape(x, [3, 0]), inputs: [values([0, 2])], gradients: [] },
  { name: 'reshape booleans', fn: (x) => tf.reshape(x, [4]), inputs: [flags([2, 2])] },
  { name: 'expandDims', fn: (x) => tf.expandDims(x, 1), inputs: [values([2, 3])] },
  { name: 'expandDims at the end', fn: (x) => tf.expandDims(x, -1), inputs: [values([2, 3])] },
  { name: 'squeeze', fn: (x) => tf.squeeze(x, [1]), inputs: [values([2, 1, 3])] },
];

const transposeCases = [
  { shape: [3], perm: [0] },
  { shape: [2, 3], perm: [1, 0] },
  { shape: [2, 1, 3], perm: [2, 0, 1] },
  { shape: [2, 3, 1, 2], perm: [0, 3, 1, 2] },
  { shape: [2, 1, 2, 3, 2], perm: [4, 2, 0, 3, 1] },
].flatMap(({ shape, perm }): KernelCase[] => [
  { name: `transpose [${shape}] by [${perm}]`, fn: (x) => tf.transpose(x, perm), inputs: [values(shape)] },
  {
    name: `transpose integers [${shape}] by [${perm}]`,
    fn: (x) => tf.transpose(x, perm),
    inputs: [countsWithin(-9, 9, shape)],
  },
]);

const tileCases: KernelCase[] = [
  { name: 'tile [3] 2 times', fn: (x) => tf.tile(x, [2]), inputs: [values([3])] },
  { name: 'tile [2, 3] by [2, 1]', fn: (x) => tf.tile(x, [2, 1]), inputs: [values([2, 3])] },
  { name: 'tile [1, 3, 2] by [2, 2, 1]', fn: (x) => tf.tile(x, [2, 2, 1]), inputs: [values([1, 3, 2])] },
  { name: 'tile [1, 2, 1, 2] by [3, 1, 2, 1]', fn: (x) => tf.tile(x, [3, 1, 2, 1]), inputs: [values([1, 2, 1, 2])] },
  { name: 'tile no times', fn: (x) => tf.tile(x, [0, 1]), inputs: [values([2, 3])], gradients: [] },
  { name: 'tile booleans', fn: (x) => tf.tile(x, [2]), inputs: [bools([1, 0])] },
  { name: 'broadcastTo from a row', fn: (x) => tf.broadcastTo(x, [3, 2]), inputs: [values([2])] },
  { name: 'broadcastTo from a column', fn: (x) => tf.broadcastTo(x, [2, 3]), inputs: [values([2, 1])] },
  { name: 'broadcastTo of booleans', fn: (x) => tf.broadcastTo(x, [2, 3]), inputs: [flags([2, 1])] },
  { name: 'broadcastTo the same', fn: (x) => tf.broadcastTo(x, [2, 3]), inputs: [values([2, 3])] },
];

const blockCases: KernelCase[] = [
  {
    name: 'spaceToBatchND with padding',
    fn: (x) =>
      tf.spaceToBatchND(
        x,
        [2, 3],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    inputs: [values([2, 3, 5, 2])],
  },
  {
    name: 'batchToSpaceND with crops',
    fn: (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    inputs: [values([8, 2, 3, 1])],
  },
  {
    name: 'depthToSpace',
    fn: (x) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC'),
    inputs: [values([2, 2, 3, 8])],
    gradients: [],
  },
];

const emptyCases: KernelCase[] = [
  { name: 'transpose nothing', fn: (x) => tf.transpose(x), inputs: [floats([], [0, 3])], gradients: [] },
];

describeKernels('shape kernels', [...reshapeCases, ...transposeCases, ...tileCases, ...blockCases, ...emptyCases]);
