import { createRandom } from '@cpc/base';
import { describeLayer, type LayerCase, type LayerNumbers } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Conv2dOptions, conv2d, initialiseConv2d, type Margins } from './conv2d.js';
import { normalArray } from './initialisers.js';

const random = createRandom(4);
const [batch, inputs, outputs] = [2, 2, 3];

interface Geometry extends Conv2dOptions {
  readonly height: number;
  readonly width: number;
  readonly kernel: readonly [height: number, width: number];
}

/** TensorFlow's rule for "same": as many outputs as strides fit, the odd zero at the end. */
function marginsOf({ height, width, kernel, stride, padding }: Geometry): Margins {
  if (padding === 'valid') return { top: 0, bottom: 0, left: 0, right: 0 };
  if (padding !== 'same') return padding;
  const total = (length: number, size: number) =>
    Math.max(0, (Math.ceil(length / stride) - 1) * stride + size - length);
  const [vertical, horizontal] = [total(height, kernel[0]), total(width, kernel[1])];
  const [top, left] = [Math.floor(vertical / 2), Math.floor(horizontal / 2)];
  return { top, bottom: vertical - top, left, right: horizontal - left };
}

/** Every output position, every output channel, every tap, every input channel. */
function loops(geometry: Geometry, numbers: LayerNumbers): number[] {
  const { height, width, kernel, stride } = geometry;
  const { top, bottom, left, right } = marginsOf(geometry);
  const results: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let y = 0; y + kernel[0] <= height + top + bottom; y += stride)
      for (let x = 0; x + kernel[1] <= width + left + right; x += stride)
        for (let o = 0; o < outputs; o++) {
          let sum = numbers.bias?.[o] ?? 0;
          for (let dy = 0; dy < kernel[0]; dy++)
            for (let dx = 0; dx < kernel[1]; dx++)
              for (let i = 0; i < inputs; i++) {
                const [row, column] = [y + dy - top, x + dx - left];
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                const pixel = numbers.input?.[((b * height + row) * width + column) * inputs + i] ?? 0;
                sum += pixel * (numbers.kernel?.[((dy * kernel[1] + dx) * inputs + i) * outputs + o] ?? 0);
              }
          results.push(sum);
        }
  return results;
}

function caseOf(name: string, geometry: Geometry): LayerCase {
  const { height, width, kernel, stride, padding } = geometry;
  return {
    name,
    inputs: {
      kernel: normalArray([...kernel, inputs, outputs], 1, random.fold('kernel')),
      bias: normalArray([outputs], 1, random.fold('bias')),
      input: normalArray([batch, height, width, inputs], 1, random.fold('input')),
    },
    apply: ({ kernel, bias, input }) =>
      conv2d({ kernel: kernel as tf.Tensor, bias: bias as tf.Tensor }, input as tf.Tensor4D, { stride, padding }),
    loops: (numbers) => loops(geometry, numbers),
  };
}

describeLayer('conv2d', [
  caseOf('3 x 3, same', { height: 5, width: 4, kernel: [3, 3], stride: 1, padding: 'same' }),
  caseOf('3 x 2, stride 2, same, on odd and even sides', {
    height: 6,
    width: 5,
    kernel: [3, 2],
    stride: 2,
    padding: 'same',
  }),
  caseOf('2 x 3, valid', { height: 4, width: 5, kernel: [2, 3], stride: 1, padding: 'valid' }),
  caseOf('3 x 3, stride 2, valid, with a row and a column left over', {
    height: 6,
    width: 8,
    kernel: [3, 3],
    stride: 2,
    padding: 'valid',
  }),
  caseOf('2 x 3 with margins above and to both sides only', {
    height: 4,
    width: 4,
    kernel: [2, 3],
    stride: 1,
    padding: { top: 1, bottom: 0, left: 2, right: 1 },
  }),
  caseOf('1 x 1, stride 2', { height: 4, width: 5, kernel: [1, 1], stride: 2, padding: 'same' }),
  caseOf('a kernel larger than the input, same', { height: 2, width: 1, kernel: [3, 3], stride: 1, padding: 'same' }),
  caseOf('a kernel as large as the input', { height: 3, width: 3, kernel: [3, 3], stride: 1, padding: 'valid' }),
]);

describe('conv2d', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const parameters = { kernel: tf.ones([3, 3, 1, 1]), bias: tf.zeros([1]) };
  const input: tf.Tensor4D = tf.ones([1, 4, 4, 1]);

  it('counts 9 pixels in the middle, 6 at an edge and 4 in a corner of a picture of ones', () => {
    const counts = conv2d(parameters, input, { stride: 1, padding: 'same' });
    expect(Array.from(counts.dataSync())).toEqual([4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4]);
  });

  it('initialises by He: variance 2 / (3 x 3 x 16), bias 0', () => {
    const { kernel, bias } = initialiseConv2d({ kernelHeight: 3, kernelWidth: 3, inputs: 16, outputs: 64 }, random);
    expect(kernel.shape).toEqual([3, 3, 16, 64]);
    const variance = kernel.data.reduce((sum, value) => sum + value * value, 0) / kernel.data.length;
    expect((variance * 144) / 2).toBeCloseTo(1, 1);
    expect(Array.from(bias.data)).toEqual(new Array(64).fill(0));
  });

  it('refuses 2 channels for a kernel of 1, a picture of 2 x 4 and a vector, naming what would fit', () => {
    const options = { stride: 1, padding: 'valid' } as const;
    expect(() => conv2d(parameters, tf.ones([1, 4, 4, 2]), options)).toThrow(
      /conv2d: expected an input \[batch, height, width, 1\].*received \[1, 4, 4, 2\]/,
    );
    expect(() => conv2d(parameters, tf.ones([1, 2, 4, 1]), options)).toThrow(/at least 3 x 3 pixels/);
    const margins = { top: 1, bottom: 0, left: 0, right: 0 };
    expect(() => conv2d(parameters, tf.ones([1, 1, 4, 1]), { stride: 1, padding: margins })).toThrow(/at least 2 x 3/);
    const vector: tf.Tensor = tf.ones([4]);
    expect(() => conv2d(parameters, vector as tf.Tensor4D, options)).toThrow(/received \[4\]/);
  });

  it('refuses a stride of 0 or 1.5 and a margin of -1, naming each', () => {
    for (const stride of [0, 1.5, Number.NaN])
      expect(() => conv2d(parameters, input, { stride, padding: 'same' })).toThrow(
        /stride to be a whole number of at least 1/,
      );
    const padding = { top: 0, bottom: 0, left: -1, right: 0 };
    expect(() => conv2d(parameters, input, { stride: 1, padding })).toThrow(
      /left to be a whole number of at least 0, received -1/,
    );
  });
});
