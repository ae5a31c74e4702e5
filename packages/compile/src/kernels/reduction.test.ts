import * as tf from '@tensorflow/tfjs';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { bools, countsWithin, flags, floats, ints, within } from '../test-support/tensors.js';

type Reduction = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

const reductions: [string, Reduction][] = [
  ['sum', tf.sum],
  ['mean', tf.mean],
  ['max', tf.max],
  ['min', tf.min],
  ['prod', tf.prod],
  ['logSumExp', tf.logSumExp],
];

const grids: { readonly shape: readonly number[]; readonly axis?: number | number[]; readonly keepDims?: boolean }[] = [
  { shape: [] },
  { shape: [4] },
  { shape: [2, 3], axis: 0 },
  { shape: [2, 3], axis: 1, keepDims: true },
  { shape: [2, 1, 3], axis: [0, 2] },
  { shape: [2, 1, 3], axis: 1 },
  { shape: [2, 3, 2, 1], axis: [1, 2], keepDims: true },
  { shape: [2, 1, 2, 2, 1], axis: [0, 3, 4] },
];

const floatCases = reductions.flatMap(([name, fn]) =>
  grids.map(
    ({ shape, axis, keepDims }): KernelCase => ({
      name: `${name} of [${shape}] over ${axis ?? 'all'}${keepDims ? ', kept' : ''}`,
      fn: (x) => fn(x, axis, keepDims),
      inputs: [within(0.5, 2, shape)],
      ...(name === 'prod' && shape.length === 0 ? { gradients: [] } : {}),
    }),
  ),
);

const integerCases = reductions.slice(0, 5).flatMap(([name, fn]): KernelCase[] => [
  { name: `${name} of integers`, fn: (x) => fn(x, 1), inputs: [countsWithin(-9, 9, [2, 3])] },
  { name: `${name} of booleans`, fn: (x) => fn(x, 0), inputs: [flags([3, 2])] },
]);

const emptyCases = reductions.slice(0, 5).flatMap(([name, fn]): KernelCase[] => [
  { name: `${name} over nothing`, fn: (x) => fn(x, 1), inputs: [floats([], [2, 0])], gradients: [] },
  { name: `${name} to nothing`, fn: (x) => fn(x, 1), inputs: [floats([], [0, 2])], gradients: [] },
  { name: `${name} of integers over nothing`, fn: (x) => fn(x, 1), inputs: [ints([], [2, 0])] },
]);

const logicCases: KernelCase[] = [
  { name: 'all', fn: (x) => tf.all(x), inputs: [bools([1, 1, 0])] },
  { name: 'all along an axis, kept', fn: (x) => tf.all(x, 1, true), inputs: [bools([1, 1, 0, 1], [2, 2])] },
  { name: 'any', fn: (x) => tf.any(x), inputs: [bools([0, 1, 0])] },
  { name: 'any along an axis', fn: (x) => tf.any(x, 0), inputs: [bools([0, 1, 0, 0], [2, 2])] },
];

const composedCases: KernelCase[] = [
  { name: 'sum over no axes', fn: (x) => tf.sum(x, []), inputs: [values([2, 2])] },
  {
    name: 'max of ties shares its gradient',
    fn: (x) => tf.max(x, 1),
    inputs: [floats([1, 3, 3, 2], [1, 4])],
    finiteDifferences: false,
  },
  { name: 'moments', fn: (x) => Object.values(tf.moments(x, [0, 1])), inputs: [values([3, 2, 2])] },
  { name: 'norm', fn: (x) => tf.norm(x, 2, 1), inputs: [values([2, 3])] },
  { name: 'max of infinities', fn: (x) => tf.max(x), inputs: [floats([1, Number.POSITIVE_INFINITY])], gradients: [] },
];

describeKernels('reduction kernels', [...floatCases, ...integerCases, ...emptyCases, ...logicCases, ...composedCases]);
