import * as tf from '@tensorflow/tfjs';
import { describeKernels } from '../test-support/kernel-grid.js';
import { bools, floats, ints, within } from '../test-support/tensors.js';

/** Values known while tracing still need an input beside them: x keeps the cases alike. */
const one = [floats([1])];

describeKernels('fill kernels', [
  { name: 'fill', fn: () => tf.fill([2, 3], 2.5), inputs: one, gradients: [] },
  { name: 'fill a scalar', fn: () => tf.fill([], 2.5), inputs: one, gradients: [] },
  { name: 'fill nothing', fn: () => tf.fill([0, 3], 2.5), inputs: one, gradients: [] },
  { name: 'fill integers', fn: () => tf.fill([2], 7, 'int32'), inputs: one, gradients: [] },
  { name: 'fill booleans', fn: () => tf.fill([2], 1, 'bool'), inputs: one, gradients: [] },
  { name: 'fill infinities', fn: () => tf.fill([2], Number.NEGATIVE_INFINITY), inputs: one, gradients: [] },
  { name: 'range up', fn: () => tf.range(1, 4, 0.3), inputs: one, gradients: [] },
  { name: 'range down', fn: () => tf.range(4, 1, -0.3), inputs: one, gradients: [] },
  { name: 'range down with the default step', fn: () => tf.range(4, 1), inputs: one, gradients: [] },
  { name: 'range down from 4.5 with the default step', fn: () => tf.range(4.5, 1), inputs: one, gradients: [] },
  { name: 'range down with a step of a half', fn: () => tf.range(4, 1, 0.5), inputs: one, gradients: [] },
  { name: 'range down with a step of 2', fn: () => tf.range(4, 1, 2), inputs: one, gradients: [] },
  { name: 'range up with a step of -1', fn: () => tf.range(1, 4, -1), inputs: one, gradients: [] },
  { name: 'range of integers', fn: () => tf.range(-3, 9, 4, 'int32'), inputs: one, gradients: [] },
  { name: 'range of nothing', fn: () => tf.range(3, 3), inputs: one, gradients: [] },
  { name: 'linspace', fn: () => tf.linspace(-1, 2, 7), inputs: one, gradients: [] },
  { name: 'linspace of one', fn: () => tf.linspace(-1, 2, 1), inputs: one, gradients: [] },
  { name: 'zerosLike', fn: tf.zerosLike, inputs: [within(-1, 1, [2, 2])], finiteDifferences: true },
  { name: 'onesLike', fn: tf.onesLike, inputs: [within(-1, 1, [2, 2])] },
  { name: 'zerosLike of integers', fn: tf.zerosLike, inputs: [ints([3, 4])] },
  { name: 'onesLike of booleans', fn: tf.onesLike, inputs: [bools([0, 0])] },
  { name: 'eye', fn: () => tf.eye(3), inputs: one, gradients: [] },
]);
