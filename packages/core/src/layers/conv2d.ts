/**
 * A 2-D convolution with bias, channels last.
 *
 * Letters used for shapes here:
 *   B  batch    H, W  height and width of the input    P, Q  those of the output
 *   h, w  height and width of the kernel    I, O  input and output channels
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../parameter-tree.js';
import { heNormal, zerosArray } from './initialisers.js';

/** `kernel` `[h, w, I, O]`, `bias` `[O]`. */
export interface Conv2dParameters<Leaf> {
  readonly [name: string]: Leaf;
  readonly kernel: Leaf;
  readonly bias: Leaf;
}

export interface Conv2dShape {
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Zeros around the input, in pixels. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface Conv2dOptions {
  /** Pixels from one window to the next, in both directions; at least 1. */
  readonly stride: number;
  /**
   * `valid`: none. `same`: as many zeros as make P = ceil(H / stride) and Q = ceil(W / stride), the odd one below and to the
   * right, as TensorFlow does; with a stride above 1 it cannot be exported with free height and width.
   */
  readonly padding: 'same' | 'valid' | Margins;
}

/** Kernel by He initialisation, bias zero. */
export function initialiseConv2d(
  { kernelHeight, kernelWidth, inputs, outputs }: Conv2dShape,
  random: Random,
): Conv2dParameters<HostArray> {
  const fanIn = kernelHeight * kernelWidth * inputs;
  return {
    kernel: heNormal([kernelHeight, kernelWidth, inputs, outputs], fanIn, random.fold('kernel')),
    bias: zerosArray([outputs]),
  };
}

/**
 * @param input - `[B, H, W, I]` float32.
 * @returns `[B, P, Q, O]` with P = floor((H + top + bottom - h) / stride) + 1, and Q likewise; the caller owns it.
 * @throws {CpcArgumentError} if the channels differ, the padded input is smaller than the kernel, or stride or margins are
 *   not whole numbers in their range.
 *
 * @example
 * conv2d(parameters, pictures, { stride: 2, padding: 'same' }); // half the height, half the width
 */
export function conv2d(
  parameters: Conv2dParameters<tf.Tensor>,
  input: tf.Tensor4D,
  { stride, padding }: Conv2dOptions,
): tf.Tensor4D {
  requireOptions(stride, padding);
  requireFit(parameters.kernel, input, padding);
  return tf.tidy(() => {
    const framed = typeof padding === 'string' ? input : withMargins(input, padding);
    const mode = typeof padding === 'string' ? padding : 'valid';
    return tf.add(tf.conv2d(framed, parameters.kernel as tf.Tensor4D, stride, mode), parameters.bias); // [B, P, Q, O]
  });
}

function withMargins(input: tf.Tensor4D, { top, bottom, left, right }: Margins): tf.Tensor4D {
  return tf.pad(input, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

function requireOptions(stride: number, padding: Conv2dOptions['padding']): void {
  const numbers = typeof padding === 'string' ? { stride } : { stride, ...padding };
  for (const [argument, received] of Object.entries(numbers)) {
    const least = argument === 'stride' ? 1 : 0;
    if (Number.isInteger(received) && received >= least) continue;
    const expected = `${argument} to be a whole number of at least ${least}`;
    throw new CpcArgumentError({ where: 'conv2d', argument, expected, received });
  }
}

function requireFit(kernel: tf.Tensor, input: tf.Tensor, padding: Conv2dOptions['padding']): void {
  const [kernelHeight = 0, kernelWidth = 0, channels = 0] = kernel.shape;
  const { top, bottom, left, right } = typeof padding === 'string' ? noMargins : padding;
  const [, height = 0, width = 0, inputChannels] = input.shape;
  const isWide = height + top + bottom >= kernelHeight && width + left + right >= kernelWidth;
  if (input.shape.length === 4 && inputChannels === channels && (isWide || padding === 'same')) return;
  throw new CpcArgumentError({
    where: 'conv2d',
    argument: 'input',
    expected:
      `an input [batch, height, width, ${channels}] of at least ${kernelHeight - top - bottom} x ` +
      `${kernelWidth - left - right} pixels for a kernel of ${kernelHeight} x ${kernelWidth}`,
    received: input.shape,
    fix: 'Give a larger input, or pad it.',
  });
}

const noMargins: Margins = { top: 0, bottom: 0, left: 0, right: 0 };
