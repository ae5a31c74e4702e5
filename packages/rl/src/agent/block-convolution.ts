/**
 * Convolutions whose kernel is two strides long and wide, as both of the shallow network are: cut into blocks of one stride, each is
 * four products on whole blocks and a sum. Much faster to differentiate than windows that overlap, and nothing is copied per tap.
 *
 * Letters used for shapes here:
 *   N  pictures    H, W  height and width    s  stride    I, O  channels    h = floor(H / s), w = floor(W / s)
 */
import { type Conv2dParameters, CpcArgumentError } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';

export interface BlockConv2dOptions {
  readonly stride: number;
  /** How many of the first rows and columns of the result are read: no more are computed. All if left out. */
  readonly read?: readonly [rows: number, columns: number];
}

/**
 * What `conv2d` of core gives without padding, to rounding.
 *
 * @param parameters - `kernel` `[2 s, 2 s, I, O]`, `bias` `[O]`.
 * @param input - `[N, H, W, I]` float32, H and W at least 2 s; rows and columns beyond the last whole block do not count.
 * @returns `[N, h - 1, w - 1, O]`, or as much of it as is read; the caller owns it.
 * @throws {CpcArgumentError} if the kernel is of another size, or the input is smaller than it.
 */
export function blockConv2d(
  parameters: Conv2dParameters<tf.Tensor>,
  input: tf.Tensor4D,
  { stride, read = [Infinity, Infinity] }: BlockConv2dOptions,
): tf.Tensor4D {
  const [pictures, height, width, inputs] = input.shape;
  const [rows, columns] = [Math.floor(height / stride), Math.floor(width / stride)];
  requireFit(parameters.kernel, input, stride);
  const [outputRows, outputColumns] = [Math.min(rows - 1, read[0]), Math.min(columns - 1, read[1])];
  return tf.tidy(() => {
    const blocks = toBlocks(input, stride); // [N, h, w, s s I]
    const flat: tf.Tensor2D = tf.reshape(blocks, [pictures * rows * columns, stride * stride * inputs]);
    const terms = tapsOf(parameters.kernel, stride).map(({ row, column, tap }) => {
      const products: tf.Tensor4D = tf.reshape(tf.matMul(flat, tap), [pictures, rows, columns, tap.shape[1]]);
      return tf.slice(products, [0, row, column, 0], [-1, outputRows, outputColumns, -1]);
    });
    return tf.add(tf.addN(terms), parameters.bias);
  });
}

/** `[N, H, W, I]` to `[N, h, w, s s I]`: within a block row by row, as in the kernel. */
function toBlocks(input: tf.Tensor4D, stride: number): tf.Tensor {
  const [pictures, height, width, channels] = input.shape;
  const [rows, columns] = [Math.floor(height / stride), Math.floor(width / stride)];
  const isWhole = rows * stride === height && columns * stride === width;
  const whole = isWhole ? input : tf.slice(input, [0, 0, 0, 0], [-1, rows * stride, columns * stride, -1]);
  const cut = tf.reshape(whole, [pictures, rows, stride, columns, stride * channels]);
  return tf.transpose(cut, [0, 1, 3, 2, 4]); // [N, h, w, s, s I]
}

/** The four blocks of a kernel, `[s s I, O]` each, and which block of the input each is for. */
function tapsOf(kernel: tf.Tensor, stride: number) {
  const [, , inputs = 0, outputs = 0] = kernel.shape;
  const cut = tf.reshape(kernel, [2, stride, 2, stride * inputs, outputs]);
  const taps = tf.transpose(cut, [0, 2, 1, 3, 4]); // [2, 2, s, s I, O]
  return [0, 1, 2, 3].map((place) => {
    const [row, column] = [place >> 1, place & 1];
    const tap = tf.slice(taps, [row, column, 0, 0, 0], [1, 1, -1, -1, -1]);
    return { row, column, tap: tf.reshape<tf.Rank.R2>(tap, [stride * stride * inputs, outputs]) };
  });
}

function requireFit(kernel: tf.Tensor, input: tf.Tensor4D, stride: number): void {
  const [, height, width, channels] = input.shape;
  const size = 2 * stride;
  const fits = kernel.shape.slice(0, 3).join() === [size, size, channels].join();
  if (fits && height >= size && width >= size) return;
  throw new CpcArgumentError({
    where: 'blockConv2d',
    argument: 'input',
    expected: `pictures of at least ${size} x ${size} and a kernel [${size}, ${size}, ${channels}, outputs] for a stride of ${stride}`,
    received: `pictures ${JSON.stringify(input.shape)} and a kernel ${JSON.stringify(kernel.shape)}`,
  });
}
