import * as tf from '@tensorflow/tfjs';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { bools, countsWithin, floats, ints, within } from '../test-support/tensors.js';

type Operation = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

const shapes = [
  { a: [], b: [] },
  { a: [3], b: [] },
  { a: [2, 3], b: [3] },
  { a: [2, 1, 3], b: [4, 1] },
  { a: [1], b: [2, 1, 2, 1, 2] },
] as const;

const named = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** Every operation with a range of `a` and of `b` in which it is smooth. */
const smooth: readonly [string, Operation, readonly [number, number], readonly [number, number]][] = [
  ['add', tf.add, [-2, 2], [-2, 2]],
  ['sub', tf.sub, [-2, 2], [-2, 2]],
  ['mul', tf.mul, [-2, 2], [-2, 2]],
  ['div', tf.div, [-2, 2], [0.6, 2]],
  ['divNoNan', tf.divNoNan, [-2, 2], [0.6, 2]],
  ['pow', tf.pow, [0.5, 2], [-1.5, 1.5]],
  ['squaredDifference', tf.squaredDifference, [1, 2], [-2, 0]],
  ['atan2', tf.atan2, [0.5, 2], [-2, 2]],
];

/** TensorFlow.js has no gradient for divNoNan, and does not reduce that of squaredDifference over broadcast axes. */
function hasGradient(name: string, a: readonly number[], b: readonly number[]): boolean {
  return name !== 'divNoNan' && (name !== 'squaredDifference' || named(a) === named(b));
}

const smoothCases = smooth.flatMap(([name, fn, [fromA, toA], [fromB, toB]]) =>
  shapes.map(
    ({ a, b }): KernelCase => ({
      name: `${name} of ${named(a)} and ${named(b)}`,
      fn,
      inputs: [within(fromA, toA, a), within(fromB, toB, b, 3)],
      ...(hasGradient(name, a, b) ? {} : { gradients: [] }),
    }),
  ),
);

const extremeCases: KernelCase[] = [
  { name: 'maximum', fn: tf.maximum, inputs: [floats([1, 2, 3, 3]), floats([2, 1, 2.5, 3.5])] },
  { name: 'minimum', fn: tf.minimum, inputs: [floats([1, 2, 3, 3]), floats([2, 1, 2.5, 3.5])] },
  { name: 'maximum, broadcast', fn: tf.maximum, inputs: [within(-1, 1, [2, 3]), floats([0])], gradients: [] },
  ...([tf.maximum, tf.minimum, tf.add, tf.div, tf.mul] as Operation[]).map(
    (fn, index): KernelCase => ({
      name: `operation ${index} on NaN and infinities`,
      fn,
      inputs: [floats([nan, 1, infinity, -infinity, 0, 1]), floats([1, nan, infinity, 2, 0, 0])],
      gradients: [],
    }),
  ),
  {
    name: 'atan2 in every quadrant and on the axes',
    fn: tf.atan2,
    inputs: [floats([1, 1, -1, -1, 0, 0, 2, -2, 0]), floats([1, -1, 1, -1, 1, -1, 0, 0, 0])],
    gradients: [],
  },
  {
    name: 'pow of negative bases',
    fn: tf.pow,
    inputs: [floats([-2, -2, -2, 0, 0]), floats([2, 3, 0.5, 0, 2])],
    gradients: [],
  },
];

const signs = [floats([5.5, -5.5, 5.5, -5.5, 6, -6, 0, 1]), floats([2, 2, -2, -2, 3, 3, -2, 0])];
const integerSigns = [ints([5, -5, 5, -5, 6, -6, 0, 1]), ints([2, 2, -2, -2, 3, 3, -2, 0])];

const remainderCases: KernelCase[] = [
  { name: 'mod of floats of all signs', fn: tf.mod, inputs: signs, gradients: [] },
  { name: 'mod, with gradients', fn: tf.mod, inputs: [floats([5.5, -5.2, 7.1]), floats([2, 3.3, -2.7])] },
  { name: 'mod of integers of all signs', fn: tf.mod, inputs: integerSigns },
  {
    name: 'floorDiv of floats is an integer',
    fn: tf.floorDiv,
    inputs: signs.map(({ data }) => floats([...data.slice(0, 7)])),
    gradients: [],
  },
  { name: 'floorDiv of integers of all signs', fn: tf.floorDiv, inputs: integerSigns },
  { name: 'floorDiv of large integers', fn: tf.floorDiv, inputs: [ints([2 ** 30 + 1, -(2 ** 30) - 1]), ints([2, 2])] },
  { name: 'div of integers', fn: tf.div, inputs: [ints([7, -7, 1]), ints([2])] },
];

const integerCases = (
  [
    ['add', tf.add],
    ['sub', tf.sub],
    ['mul', tf.mul],
    ['maximum', tf.maximum],
    ['minimum', tf.minimum],
    ['squaredDifference', tf.squaredDifference],
    ['bitwiseAnd', tf.bitwiseAnd],
  ] as [string, Operation][]
).map(
  ([name, fn]): KernelCase => ({
    name: `${name} of integers`,
    fn,
    inputs: [countsWithin(-9, 9, [2, 3]), countsWithin(-9, 9, [2, 3], 4)],
  }),
);

const mixedCases: KernelCase[] = [
  { name: 'pow of integers', fn: tf.pow, inputs: [ints([2, -3, 5, 2]), ints([3, 3, 0, -1])] },
  { name: 'add of an integer and a float', fn: tf.add, inputs: [ints([1, 2]), floats([0.5, 0.25])] },
  { name: 'mul of booleans', fn: tf.mul, inputs: [bools([0, 1, 1]), bools([1, 0, 1])] },
  { name: 'mul of a boolean and a float', fn: tf.mul, inputs: [bools([0, 1]), floats([3, 4])], gradients: [1] },
  { name: 'add of nothing', fn: tf.add, inputs: [floats([], [0, 3]), floats([1, 2, 3])], gradients: [] },
  {
    name: 'addN of 3',
    fn: (...terms) => tf.addN(terms),
    inputs: [0, 3, 6].map((offset) => within(-1, 1, [2, 2], offset)),
  },
  { name: 'addN of 1', fn: (...terms) => tf.addN(terms), inputs: [within(-1, 1, [2, 2])] },
  { name: 'addN of integers', fn: (...terms) => tf.addN(terms), inputs: [ints([1, 2]), ints([3, 4]), ints([5, 6])] },
];

describeKernels('binary kernels', [...smoothCases, ...extremeCases, ...remainderCases, ...integerCases, ...mixedCases]);
