/**
 * Layer normalisation over the last axis: y = gain (x - mean) / sqrt(variance + epsilon) + bias.
 *
 * Source: Ba, Kiros & Hinton, 2016, arXiv:1607.06450, equation 4. The variance is the mean of the squared deviations (not
 * divided by one less), and epsilon stands inside the root, as in PyTorch.
 */

import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../parameter-tree.js';
import { zerosArray } from './initialisers.js';

/** `gain` and `bias`, both `[units]`. */
export interface LayerNormParameters<Leaf> {
  readonly [name: string]: Leaf;
  readonly gain: Leaf;
  readonly bias: Leaf;
}

export interface LayerNormOptions {
  /** Added to the variance; > 0. Default 1e-5, as in PyTorch. */
  readonly epsilon?: number;
}

/** Gain 1, bias 0: nothing is random. */
export function initialiseLayerNorm({ units }: { readonly units: number }): LayerNormParameters<HostArray> {
  return { gain: { shape: [units], data: new Float32Array(units).fill(1) }, bias: zerosArray([units]) };
}

/**
 * @param input - `[..., units]` float32. A row of equal numbers becomes the bias.
 * @returns the same shape; the caller owns it.
 * @throws {CpcArgumentError} if the last axis is not as long as the gain, or epsilon is not above 0.
 *
 * @example
 * layerNorm({ gain: tf.ones([2]), bias: tf.zeros([2]) }, tf.tensor2d([[1, 3]])); // [[-1, 1]], to 1e-5
 */
export function layerNorm(
  parameters: LayerNormParameters<tf.Tensor>,
  input: tf.Tensor,
  { epsilon = 1e-5 }: LayerNormOptions = {},
): tf.Tensor {
  requireFit(parameters.gain, input, epsilon);
  return tf.tidy(() => {
    const centred = tf.sub(input, tf.mean(input, -1, true)); // [..., units]
    const variance = tf.mean(tf.square(centred), -1, true); // [..., 1]
    const normalised = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(normalised, parameters.gain), parameters.bias);
  });
}

function requireFit(gain: tf.Tensor, input: tf.Tensor, epsilon: number): void {
  const [units = 0] = gain.shape;
  if (input.shape.at(-1) !== units) {
    throw new CpcArgumentError({
      where: 'layerNorm',
      argument: 'input',
      expected: `an input of shape [..., ${units}], as long as the gain`,
      received: input.shape,
    });
  }
  if (epsilon > 0 && Number.isFinite(epsilon)) return;
  throw new CpcArgumentError({
    where: 'layerNorm',
    argument: 'epsilon',
    expected: 'epsilon to be a number above 0',
    received: epsilon,
  });
}
