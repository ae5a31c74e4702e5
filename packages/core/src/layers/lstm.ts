/**
 * The LSTM layer: parameters for `lstm` of @cpc/compile, which holds the equations.
 *
 * Letters used for shapes here:
 *   B  batch    T  steps    I  inputs    H  hidden units
 */

import type { Random } from '@cpc/base';
import { type LstmState, lstm as recurrence } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../parameter-tree.js';
import { lecunNormal, zerosArray } from './initialisers.js';

export type { LstmState };

/**
 * `kernel` `[I, 4H]`, `recurrentKernel` `[H, 4H]`, both biases `[4H]`; gates in the order input, forget, candidate, output.
 * These are the weights of PyTorch's `LSTM`, the kernels transposed.
 */
export interface LstmParameters<Leaf> {
  readonly [name: string]: Leaf;
  readonly kernel: Leaf;
  readonly recurrentKernel: Leaf;
  readonly bias: Leaf;
  readonly recurrentBias: Leaf;
}

export interface LstmOptions {
  /** State before the first step; zeros if left out. */
  readonly initial?: LstmState;
  /** `[B, T]`: 1 where the state is set to zero before step t, as at the start of an episode, else 0; never if left out. */
  readonly reset?: tf.Tensor;
}

/**
 * Kernels with variance 1 / fan-in, biases zero, but for the forget gate's, which starts at 1: a fresh cell then remembers
 * (Jozefowicz, Zaremba & Sutskever, 2015, "An empirical exploration of recurrent network architectures").
 */
export function initialiseLstm(
  { inputs, units }: { readonly inputs: number; readonly units: number },
  random: Random,
): LstmParameters<HostArray> {
  const bias = zerosArray([4 * units]);
  bias.data.fill(1, units, 2 * units);
  return {
    kernel: lecunNormal([inputs, 4 * units], inputs, random.fold('kernel')),
    recurrentKernel: lecunNormal([units, 4 * units], units, random.fold('recurrentKernel')),
    bias,
    recurrentBias: zerosArray([4 * units]),
  };
}

/**
 * What the cell shows after every step, and its state after the last one, to go on from.
 *
 * @param input - `[B, T, I]` float32, T >= 1.
 * @returns outputs `[B, T, H]`, and hidden and cell `[B, H]`; the caller owns all three tensors.
 * @throws {CompileError} if a state, the mask of resets or the parameters do not fit the input.
 *
 * @example
 * const first = lstm(parameters, frames); //               the start of an episode
 * const next = lstm(parameters, more, { initial: first.state });
 */
export function lstm(
  parameters: LstmParameters<tf.Tensor>,
  input: tf.Tensor3D,
  { initial, reset }: LstmOptions = {},
): { readonly outputs: tf.Tensor3D; readonly state: LstmState } {
  return tf.tidy(() => {
    const [units = 0] = parameters.recurrentKernel.shape;
    const zeros = () => tf.zeros<tf.Rank.R2>([input.shape[0], units]);
    const { outputs, state } = recurrence(input, initial ?? { hidden: zeros(), cell: zeros() }, parameters, reset);
    return { outputs, state: { ...state } };
  });
}
