/**
 * A strided 1-D convolution with bias.
 *
 * Letters used for shapes here:
 *   B  batch    L  input length    T  output length    K  kernel length    I, O  input and output channels
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import { blockConv1d } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../parameter-tree.js';
import { heNormal, zerosArray } from './initialisers.js';

/** `kernel` `[K, I, O]`, `bias` `[O]`. */
export interface Conv1dParameters<Leaf> {
  readonly [name: string]: Leaf;
  readonly kernel: Leaf;
  readonly bias: Leaf;
}

export interface Conv1dShape {
  readonly kernelLength: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Stride and zero padding, in positions of the input. */
export interface Conv1dOptions {
  readonly stride: number;
  readonly padBefore: number;
  readonly padAfter: number;
}

/** Kernel by He initialisation, bias zero. */
export function initialiseConv1d(
  { kernelLength, inputs, outputs }: Conv1dShape,
  random: Random,
): Conv1dParameters<HostArray> {
  return {
    kernel: heNormal([kernelLength, inputs, outputs], kernelLength * inputs, random.fold('kernel')),
    bias: zerosArray([outputs]),
  };
}

/**
 * @param input - `[B, L, I]` float32.
 * @returns `[B, T, O]` with T = floor((L + padBefore + padAfter - K) / stride) + 1; the caller owns it.
 * @throws {CpcArgumentError} if the padded input is shorter than the kernel.
 */
export function conv1d(
  parameters: Conv1dParameters<tf.Tensor>,
  input: tf.Tensor3D,
  options: Conv1dOptions,
): tf.Tensor3D {
  const { stride, padBefore, padAfter } = options;
  const [kernelLength = 0] = parameters.kernel.shape;
  const length = input.shape[1];
  if (length + padBefore + padAfter < kernelLength) {
    throw new CpcArgumentError({
      where: 'conv1d',
      argument: 'input',
      expected: `at least ${kernelLength - padBefore - padAfter} positions for a kernel of ${kernelLength}`,
      received: input.shape,
      fix: 'Give a longer input, or pad it.',
    });
  }
  if (kernelLength % stride === 0) return blockConv1d(input, parameters.kernel, options, parameters.bias);
  return tf.tidy(() => {
    const padded = tf.pad(input, [
      [0, 0],
      [padBefore, padAfter],
      [0, 0],
    ]);
    const convolved = tf.conv1d(padded, tf.reshape(parameters.kernel, kernelShape(parameters)), stride, 'valid');
    return tf.add<tf.Tensor3D>(convolved, parameters.bias);
  });
}

function kernelShape({ kernel }: Conv1dParameters<tf.Tensor>): [number, number, number] {
  const [length = 0, inputs = 0, outputs = 0] = kernel.shape;
  return [length, inputs, outputs];
}
