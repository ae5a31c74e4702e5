import * as tf from '@tensorflow/tfjs';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { floats, within } from '../test-support/tensors.js';

const softmaxCases = (
  [
    ['softmax', (x) => tf.softmax(x)],
    ['logSoftmax', (x) => tf.logSoftmax(x)],
  ] as [string, (x: tf.Tensor) => tf.Tensor][]
).flatMap(([name, fn]): KernelCase[] => [
  { name: `${name} of a vector`, fn, inputs: [values([4])] },
  { name: `${name} of [2, 1, 3]`, fn, inputs: [values([2, 1, 3])] },
  { name: `${name} of one class`, fn, inputs: [values([3, 1])] },
  { name: `${name} of scores of 1e4`, fn, inputs: [floats([1e4, -1e4, 9999, 0])], gradients: [] },
]);

const batchNorm = (x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, offset?: tf.Tensor, scale?: tf.Tensor) =>
  tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D, 1e-3);

const positive = within(0.5, 2, [3], 4);

/** Without a scale TensorFlow.js fails on the gradient. */
const batchNormCases: KernelCase[] = [
  { name: 'batchNorm of [2, 3]', fn: batchNorm, inputs: [values([2, 3]), values([3], 2), positive], gradients: [] },
  {
    name: 'batchNorm with offset and scale',
    fn: batchNorm,
    inputs: [values([2, 2, 2, 3]), values([3], 2), positive, values([3], 7), values([3], 8)],
  },
];

/** As a layer would write it, to see its parts differentiated together. */
const layerNorm = (x: tf.Tensor, scale: tf.Tensor) => {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-2))), scale);
};

describeKernels('normalisation kernels', [
  { name: 'softmax of nothing', fn: (x) => tf.softmax(x), inputs: [floats([], [0, 3])], gradients: [] },
  { name: 'softmax over nothing', fn: (x) => tf.softmax(x), inputs: [floats([], [2, 0])], gradients: [] },
  ...softmaxCases,
  ...batchNormCases,
  { name: 'a layer norm', fn: layerNorm, inputs: [values([2, 5]), values([5], 3)] },
]);
