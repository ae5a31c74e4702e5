import { conv1d, createRandom } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { filteredConvolution, mixedKernel, weightedSums } from './minimal-filtering.js';

beforeAll(() => tf.setBackend('cpu'));

const random = createRandom(4);
const normals = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => random.normal()),
    shape,
  );

/** `[N, W, D]` of `[4, N, T, D]`. */
function inOrder(found: tf.Tensor4D, positions: number): tf.Tensor3D {
  const [tile, sequences, tiles, outputs] = found.shape;
  const whole = tf.reshape<tf.Rank.R3>(tf.transpose(found, [1, 2, 0, 3]), [sequences, tile * tiles, outputs]);
  return tf.slice(whole, [0, 0, 0], [sequences, positions, outputs]);
}

function largestDifference(one: tf.Tensor, other: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(one, other))).dataSync()[0] ?? Number.NaN;
}

describe('filteredConvolution', () => {
  it.each([1, 3, 4, 5, 8, 9])('of %i positions is the convolution, to 1e-4', (positions) => {
    const [input, kernel] = [normals([3, positions, 7]) as tf.Tensor3D, normals([3, 7, 5]) as tf.Tensor3D];
    const expected = conv1d({ kernel, bias: tf.zeros([5]) }, input, { stride: 1, padBefore: 1, padAfter: 1 });
    expect(
      largestDifference(inOrder(filteredConvolution(input, mixedKernel(kernel)), positions), expected),
    ).toBeLessThan(1e-4);
  });

  it('has the convolution’s gradients of input and kernel, to 1e-3', () => {
    const [input, kernel, upstream] = [normals([2, 6, 4]), normals([3, 4, 3]), normals([2, 6, 3])];
    const fast = (x: tf.Tensor, k: tf.Tensor) =>
      tf.sum<tf.Scalar>(
        tf.mul(inOrder(filteredConvolution(x as tf.Tensor3D, mixedKernel(k as tf.Tensor3D)), 6), upstream),
      );
    const plain = (x: tf.Tensor, k: tf.Tensor) =>
      tf.sum<tf.Scalar>(
        tf.mul(
          conv1d({ kernel: k, bias: tf.zeros([3]) }, x as tf.Tensor3D, { stride: 1, padBefore: 1, padAfter: 1 }),
          upstream,
        ),
      );
    const [found, expected] = [tf.grads(fast)([input, kernel]), tf.grads(plain)([input, kernel])];
    for (const [index, gradient] of found.entries())
      expect(largestDifference(gradient, expected[index] ?? tf.scalar(Number.NaN))).toBeLessThan(1e-3);
  });
});

it('weightedSums of 6 positions count each by its weight in each of 3 sums, to 1e-5, and nothing behind them', () => {
  const [values, weights] = [normals([4, 2, 2, 3]) as tf.Tensor4D, normals([2, 3, 6]) as tf.Tensor3D];
  const expected = tf.matMul(weights, inOrder(values, 6));
  expect(largestDifference(weightedSums(values, weights), expected)).toBeLessThan(1e-5);
});

it('each leave 1 tensor behind', () => {
  const [input, kernel, weights] = [
    normals([2, 5, 3]) as tf.Tensor3D,
    normals([3, 3, 2]) as tf.Tensor3D,
    tf.ones<tf.Rank.R3>([2, 3, 5]),
  ];
  const before = tf.memory().numTensors;
  const kernels = mixedKernel(kernel);
  expect(tf.memory().numTensors).toBe(before + 1);
  const found = filteredConvolution(input, kernels);
  expect(tf.memory().numTensors).toBe(before + 2);
  weightedSums(found, weights);
  expect(tf.memory().numTensors).toBe(before + 3);
});
