/**
 * The GRU layer: parameters for `gru` of @cpc/compile, which holds the equations.
 */

import type { Random } from '@cpc/base';
import { gru as recurrence } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../parameter-tree.js';
import { lecunNormal, zerosArray } from './initialisers.js';

/** `kernel` `[I, 3H]`, `recurrentKernel` `[H, 3H]`, both biases `[3H]`; gates in the order reset, update, candidate. */
export interface GruParameters<Leaf> {
  readonly [name: string]: Leaf;
  readonly kernel: Leaf;
  readonly recurrentKernel: Leaf;
  readonly bias: Leaf;
  readonly recurrentBias: Leaf;
}

/** Kernels with variance 1 / fan-in, biases zero. */
export function initialiseGru(
  { inputs, units }: { readonly inputs: number; readonly units: number },
  random: Random,
): GruParameters<HostArray> {
  return {
    kernel: lecunNormal([inputs, 3 * units], inputs, random.fold('kernel')),
    recurrentKernel: lecunNormal([units, 3 * units], units, random.fold('recurrentKernel')),
    bias: zerosArray([3 * units]),
    recurrentBias: zerosArray([3 * units]),
  };
}

/**
 * The state after every step.
 *
 * @param input - `[B, T, I]` float32.
 * @param initial - `[B, H]`; zeros if left out.
 * @returns `[B, T, H]`; the caller owns it.
 */
export function gru(parameters: GruParameters<tf.Tensor>, input: tf.Tensor3D, initial?: tf.Tensor2D): tf.Tensor3D {
  return tf.tidy(() => {
    const [units = 0] = parameters.recurrentKernel.shape;
    return recurrence(input, initial ?? tf.zeros([input.shape[0], units]), parameters);
  });
}
