import * as tf from '@tensorflow/tfjs';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { countsWithin, flags, floats } from '../test-support/tensors.js';

const sliceCases: KernelCase[] = [
  { name: 'slice a vector', fn: (x) => tf.slice(x, [1], [2]), inputs: [values([4])] },
  { name: 'slice to the end', fn: (x) => tf.slice(x, [1, 0], [-1, 2]), inputs: [values([3, 3])] },
  { name: 'slice by one number', fn: (x) => tf.slice(x, 1), inputs: [values([3, 1, 2])] },
  { name: 'slice everything', fn: (x) => tf.slice(x, [0, 0], [3, 2]), inputs: [values([3, 2])] },
  { name: 'slice 5 axes', fn: (x) => tf.slice(x, [0, 1, 0, 1, 0], [2, 1, 1, 2, 1]), inputs: [values([2, 2, 1, 3, 2])] },
  { name: 'slice nothing', fn: (x) => tf.slice(x, [1, 0], [0, 2]), inputs: [values([3, 2])], gradients: [] },
  { name: 'slice booleans', fn: (x) => tf.slice(x, [1], [2]), inputs: [flags([4])] },
  { name: 'slice integers', fn: (x) => tf.slice(x, [1], [2]), inputs: [countsWithin(-9, 9, [4])] },
];

/** TensorFlow.js has no gradient for strided slices, and drops axes wrongly where a step is not 1. */
const stridedCases = (
  [
    ['with steps', (x) => tf.stridedSlice(x, [0, 1], [4, 5], [2, 3])],
    ['backwards', (x) => tf.stridedSlice(x, [3, 4], [0, 0], [-1, -2])],
    ['backwards to the very start', (x) => tf.stridedSlice(x, [3, 4], [0, 0], [-1, -2], 0, 3)],
    ['from negative places', (x) => tf.stridedSlice(x, [-3, -2], [-1, 5], [1, 1])],
    ['with begin and end masks', (x) => tf.stridedSlice(x, [2, 2], [3, 3], [1, 2], 1, 2)],
    ['with an ellipsis', (x) => tf.stridedSlice(x, [0, 1], [0, 3], [1, 1], 0, 0, 1)],
    ['with a new axis', (x) => tf.stridedSlice(x, [0, 0, 1], [1, 2, 3], [1, 1, 1], 0, 0, 0, 1)],
    ['with a dropped axis', (x) => tf.stridedSlice(x, [1, 1], [2, 4], [1, 1], 0, 0, 0, 0, 1)],
    ['of nothing', (x) => tf.stridedSlice(x, [3, 0], [3, 5], [1, 2])],
  ] as [string, (x: tf.Tensor) => tf.Tensor][]
).map(([name, fn]): KernelCase => ({ name: `stridedSlice ${name}`, fn, inputs: [values([4, 5])], gradients: [] }));

const reverseCases: KernelCase[] = [
  { name: 'reverse a vector', fn: (x) => tf.reverse(x), inputs: [values([4])] },
  { name: 'reverse two axes of three', fn: (x) => tf.reverse(x, [0, -1]), inputs: [values([2, 3, 2])] },
  { name: 'reverse an axis of 1', fn: (x) => tf.reverse(x, 1), inputs: [values([2, 1])] },
  { name: 'reverse a scalar', fn: (x) => tf.reverse(x), inputs: [values([])] },
  { name: 'reverse nothing', fn: (x) => tf.reverse(x, 1), inputs: [floats([], [2, 0])], gradients: [] },
  {
    name: 'reverse along an axis beside an empty one',
    fn: (x) => tf.reverse(x, 0),
    inputs: [floats([], [2, 0])],
    gradients: [],
  },
  { name: 'reverse booleans', fn: (x) => tf.reverse(x, 0), inputs: [flags([4])] },
];

/** TensorFlow.js fails on the gradient of a split into a single part. */
const partCases: KernelCase[] = [
  { name: 'concat', fn: (a, b) => tf.concat([a, b] as tf.Tensor[], 1), inputs: [values([2, 1]), values([2, 3], 5)] },
  { name: 'concat one', fn: (a) => tf.concat([a], 0), inputs: [values([2, 1])] },
  {
    name: 'concat at the last axis',
    fn: (a, b) => tf.concat([a, b] as tf.Tensor[], -1),
    inputs: [values([1, 2, 2]), values([1, 2, 1])],
  },
  {
    name: 'concat with nothing',
    fn: (a, b) => tf.concat([a, b] as tf.Tensor[], 0),
    inputs: [floats([], [0, 2]), values([2, 2])],
    gradients: [1],
  },
  {
    name: 'concat integers',
    fn: (a, b) => tf.concat([a, b] as tf.Tensor[], 0),
    inputs: [countsWithin(0, 9, [2]), countsWithin(0, 9, [3])],
  },
  { name: 'concat booleans', fn: (a, b) => tf.concat([a, b] as tf.Tensor[], 0), inputs: [flags([2]), flags([3])] },
  {
    name: 'concat of integers and floats',
    fn: (a, b) => tf.concat([a, b] as tf.Tensor[], 0),
    inputs: [countsWithin(0, 9, [2]), floats([1.5, -1.5])],
    gradients: [],
  },
  {
    name: 'concat of floats, booleans and integers',
    fn: (...parts) => tf.concat(parts as tf.Tensor[], 0),
    inputs: [floats([1.5, -1.5]), flags([2]), countsWithin(0, 9, [2])],
    gradients: [],
  },
  { name: 'split into equal parts', fn: (x) => tf.split(x, 2, 1), inputs: [values([2, 4])] },
  { name: 'split into 1, 0 and 3', fn: (x) => tf.split(x, [1, 0, 3], -1), inputs: [values([2, 4])] },
  { name: 'split into one part', fn: (x) => tf.split(x, 1, 0), inputs: [values([3])], gradients: [] },
  { name: 'split nothing', fn: (x) => tf.split(x, 2, 0), inputs: [floats([], [2, 0])], gradients: [] },
  { name: 'split an axis of 0', fn: (x) => tf.split(x, [0, 0], 1), inputs: [floats([], [2, 0])], gradients: [] },
  {
    name: 'stack nothing',
    fn: (a, b) => tf.stack([a, b] as tf.Tensor[], 1),
    inputs: [floats([], [2, 0]), floats([], [2, 0])],
    gradients: [],
  },
  { name: 'unstack nothing', fn: (x) => tf.unstack(x, 0), inputs: [floats([], [2, 0])], gradients: [] },
  { name: 'split integers', fn: (x) => tf.split(x, 3, 0), inputs: [countsWithin(-9, 9, [3, 2])] },
  { name: 'stack', fn: (a, b) => tf.stack([a, b] as tf.Tensor[], 1), inputs: [values([2, 3]), values([2, 3], 7)] },
  { name: 'stack scalars', fn: (a, b) => tf.stack([a, b] as tf.Tensor[]), inputs: [values([]), values([], 7)] },
  {
    name: 'stack at the end',
    fn: (a, b) => tf.stack([a, b] as tf.Tensor[], -1),
    inputs: [values([2]), values([2], 7)],
  },
  { name: 'unstack', fn: (x) => tf.unstack(x, 1), inputs: [values([2, 3, 2])] },
  { name: 'unstack at the end', fn: (x) => tf.unstack(x, -1), inputs: [values([2, 3])] },
  { name: 'unstack an axis of 1', fn: (x) => tf.unstack(x, 0), inputs: [values([1, 3])], gradients: [] },
];

describeKernels('slicing kernels', [...sliceCases, ...stridedCases, ...reverseCases, ...partCases]);
