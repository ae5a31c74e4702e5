import * as tf from '@tensorflow/tfjs';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { bools, floats, ints, within } from '../test-support/tensors.js';

type Operation = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

const comparisons: [string, Operation][] = [
  ['equal', tf.equal],
  ['notEqual', tf.notEqual],
  ['greater', tf.greater],
  ['greaterEqual', tf.greaterEqual],
  ['less', tf.less],
  ['lessEqual', tf.lessEqual],
];

const comparisonCases = comparisons.flatMap(([name, fn]): KernelCase[] => [
  {
    name: `${name} of floats with NaN and infinities`,
    fn,
    inputs: [floats([1, 2, 2, nan, infinity, -infinity, nan]), floats([2, 1, 2, 1, infinity, infinity, nan])],
    gradients: [],
  },
  { name: `${name} of integers, broadcast`, fn, inputs: [ints([1, 2, 3, 4], [2, 2]), ints([2, 3])] },
  { name: `${name} of booleans`, fn, inputs: [bools([0, 0, 1, 1]), bools([0, 1, 0, 1])] },
  { name: `${name} of nothing`, fn, inputs: [floats([], [0, 2]), floats([1, 2])], gradients: [] },
]);

const logicCases = (
  [
    ['logicalAnd', tf.logicalAnd],
    ['logicalOr', tf.logicalOr],
    ['logicalXor', tf.logicalXor],
  ] as [string, Operation][]
).flatMap(([name, fn]): KernelCase[] => [
  { name, fn, inputs: [bools([0, 0, 1, 1]), bools([0, 1, 0, 1])] },
  { name: `${name}, broadcast`, fn, inputs: [bools([0, 1, 1, 0], [2, 2]), bools([1])] },
]);

const where = (condition: tf.Tensor, t: tf.Tensor, e: tf.Tensor) => tf.where(condition, t, e);

const choiceCases: KernelCase[] = [
  { name: 'where', fn: where, inputs: [bools([0, 1, 1, 0], [2, 2]), within(-1, 1, [2, 2]), within(-1, 1, [2, 2], 7)] },
  {
    name: 'where of a row of conditions',
    fn: where,
    inputs: [bools([0, 1]), within(-1, 1, [3, 2]), within(-1, 1, [3, 2], 7)],
  },
  {
    name: 'where of a column of conditions',
    fn: where,
    inputs: [bools([0, 1, 1], [3, 1]), within(-1, 1, [3, 2]), within(-1, 1, [3, 2], 7)],
  },
  { name: 'where of one condition', fn: where, inputs: [bools([1], []), within(-1, 1, [2]), within(-1, 1, [2], 7)] },
  {
    name: 'where between a tensor and a number',
    fn: where,
    inputs: [bools([1, 0]), within(-1, 1, [2]), floats([0], [])],
  },
  { name: 'where of integers', fn: where, inputs: [bools([1, 0]), ints([1, 2]), ints([3, 4])] },
  {
    name: 'where of nothing',
    fn: where,
    inputs: [bools([], [0, 2]), floats([], [0, 2]), floats([], [0, 2])],
    gradients: [],
  },
  { name: 'where of booleans', fn: where, inputs: [bools([1, 0]), bools([1, 1]), bools([0, 0])] },
];

const castCases: KernelCase[] = [
  {
    name: 'float to int32 cuts fractions',
    fn: (x) => tf.cast(x, 'int32'),
    inputs: [floats([-2.7, -0.5, 0.5, 2.7, 1e6])],
    gradients: [],
  },
  { name: 'float to bool', fn: (x) => tf.cast(x, 'bool'), inputs: [floats([-2.7, 0, 0.5, nan])], gradients: [] },
  { name: 'int32 to float', fn: (x) => tf.cast(x, 'float32'), inputs: [ints([-2, 0, 7])] },
  { name: 'int32 to bool', fn: (x) => tf.cast(x, 'bool'), inputs: [ints([-2, 0, 7])] },
  { name: 'bool to float', fn: (x) => tf.cast(x, 'float32'), inputs: [bools([0, 1])] },
  { name: 'bool to int32', fn: (x) => tf.cast(x, 'int32'), inputs: [bools([0, 1])] },
  { name: 'float to float', fn: (x) => tf.cast(x, 'float32'), inputs: [floats([1.5, 2.5])] },
  { name: 'clone', fn: (x) => tf.clone(x), inputs: [floats([1.5, 2.5])] },
];

describeKernels('logic kernels', [...comparisonCases, ...logicCases, ...choiceCases, ...castCases]);
