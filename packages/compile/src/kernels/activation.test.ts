import * as tf from '@tensorflow/tfjs';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { floats, ints, within } from '../test-support/tensors.js';

/** Both branches, none of them near the bend. */
const x = floats([-3, -1.2, -0.4, 0.3, 1.1, 2.5, 5.5, 7.5], [2, 1, 4]);
const extremes = floats([-100, -1e4, Number.NEGATIVE_INFINITY, 0, 100, 1e4, Number.POSITIVE_INFINITY]);

const ofOne = (
  [
    ['elu', tf.elu],
    ['leakyRelu', (value: tf.Tensor) => tf.leakyRelu(value, 0.3)],
    ['relu', tf.relu],
    ['relu6', tf.relu6],
    ['selu', tf.selu],
    ['softplus', tf.softplus],
    ['clipByValue', (value: tf.Tensor) => tf.clipByValue(value, -0.5, 2)],
    ['step 0', (value: tf.Tensor) => tf.step(value)],
    ['step 0.25', (value: tf.Tensor) => tf.step(value, 0.25)],
  ] as const
).flatMap(([name, fn]): KernelCase[] => [
  { name, fn, inputs: [x] },
  { name: `${name} of a scalar`, fn, inputs: [within(0.5, 1, [])] },
  { name: `${name} at extremes`, fn, inputs: [extremes], gradients: [] },
]);

const prelu = (value: tf.Tensor, alpha: tf.Tensor) => tf.prelu(value, alpha);

const ofTwo: KernelCase[] = [
  { name: 'prelu with a slope per element', fn: prelu, inputs: [x, within(0.1, 0.5, [2, 1, 4])] },
  { name: 'prelu with a slope per channel', fn: prelu, inputs: [x, within(0.1, 0.5, [4])] },
];

const integers: KernelCase[] = [
  { name: 'relu of integers', fn: tf.relu, inputs: [ints([-2, 0, 2 ** 24 + 1])] },
  { name: 'relu6 of integers', fn: tf.relu6, inputs: [ints([-2, 3, 9])] },
  { name: 'leakyRelu of integers, a float', fn: (value) => tf.leakyRelu(value, 0.5), inputs: [ints([-3, 0, 3])] },
  { name: 'step of integers', fn: (value) => tf.step(value, -1), inputs: [ints([-2, 0, 3])] },
  {
    name: 'clip of integers at fractions',
    fn: (value) => tf.clipByValue(value, -1.5, 2.5),
    inputs: [ints([-9, -1, 2, 9])],
  },
];

describeKernels('activation kernels', [...ofOne, ...ofTwo, ...integers]);
