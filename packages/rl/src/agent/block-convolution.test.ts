import { conv2d, createRandom, initialiseConv2d, normalArray } from '@cpc/core';
import { describeLayer } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../test-support/tensors.js';
import { blockConv2d } from './block-convolution.js';

const random = createRandom(1);
const parametersOf = (size: number, inputs: number, outputs: number) => {
  const shape = { kernelHeight: size, kernelWidth: size, inputs, outputs };
  return { ...initialiseConv2d(shape, random), bias: normalArray([outputs], 1, random.fold('bias')) };
};

/** Every output as a sum over its window, one number at a time, for pictures of 2 x 5 x 6 x 2, stride 2, 3 outputs. */
function loops({ input = [], kernel = [], bias = [] }: Readonly<Record<string, ArrayLike<number>>>): number[] {
  const results: number[] = [];
  for (let n = 0; n < 2; n++)
    for (let column = 0; column < 2; column++)
      for (let o = 0; o < 3; o++) {
        let total = bias[o] ?? 0;
        for (let y = 0; y < 4; y++)
          for (let x = 0; x < 4; x++)
            for (let i = 0; i < 2; i++)
              total +=
                (input[((n * 5 + y) * 6 + 2 * column + x) * 2 + i] ?? 0) * (kernel[((y * 4 + x) * 2 + i) * 3 + o] ?? 0);
        results.push(total);
      }
  return results;
}

const { kernel, bias } = parametersOf(4, 2, 3);
describeLayer('blockConv2d', [
  {
    name: '4 x 4 with stride 2 over 5 x 6 pixels, a row of which is beyond the last block',
    inputs: { input: normalArray([2, 5, 6, 2], 1, random.fold('input')), kernel, bias },
    apply: (inputs) =>
      blockConv2d({ kernel: inputs.kernel as tf.Tensor, bias: inputs.bias as tf.Tensor }, inputs.input as tf.Tensor4D, {
        stride: 2,
      }),
    loops,
  },
]);

describe('blockConv2d', () => {
  it.each([
    ['8 x 8 with stride 4 over 72 x 96', 4, [2, 72, 96, 3], 4],
    ['4 x 4 with stride 2 over 17 x 23', 2, [3, 17, 23, 5], 6],
    ['8 x 8 with stride 4 over 8 x 11, one position', 4, [1, 8, 11, 3], 2],
  ] as const)('is conv2d without padding: %s, to 1e-4', async (_, stride, shape, outputs) => {
    await tf.setBackend('cpu');
    const layer = parametersOf(2 * stride, shape[3], outputs);
    const tensors = { kernel: tensorOf(layer.kernel), bias: tensorOf(layer.bias) };
    const input = tensorOf(normalArray(shape, 1, random.fold('pictures'))) as tf.Tensor4D;
    const expected = conv2d(tensors, input, { stride, padding: 'valid' });
    const received = blockConv2d(tensors, input, { stride });
    expect(received.shape).toEqual(expected.shape);
    expect(tf.max(tf.abs(tf.sub(received, expected))).dataSync()[0]).toBeLessThan(1e-4);
  });

  it('computes the first 3 rows and 2 columns alone where no more are read', async () => {
    await tf.setBackend('cpu');
    const layer = parametersOf(4, 2, 3);
    const tensors = { kernel: tensorOf(layer.kernel), bias: tensorOf(layer.bias) };
    const input = tensorOf(normalArray([2, 12, 14, 2], 1, random.fold('pictures'))) as tf.Tensor4D;
    const whole = blockConv2d(tensors, input, { stride: 2 }); // [2, 5, 6, 3]
    const part = blockConv2d(tensors, input, { stride: 2, read: [3, 2] });
    expect(part.shape).toEqual([2, 3, 2, 3]);
    expect(part.dataSync()).toEqual(tf.slice(whole, [0, 0, 0, 0], [-1, 3, 2, -1]).dataSync());
  });

  it('refuses a kernel of 3 x 3 for a stride of 2, naming 4', () => {
    const layer = { kernel: tf.zeros([3, 3, 1, 1]), bias: tf.zeros([1]) };
    expect(() => blockConv2d(layer, tf.zeros([1, 8, 8, 1]), { stride: 2 })).toThrow(/at least 4 x 4/);
  });
});
