/**
 * An agent's network: encoder, LSTM, and two heads that say what to do and how much is to be hoped for.
 *
 * Acting takes one step of it and keeps the LSTM's state; learning takes a whole unroll at once. Both call the functions here.
 *
 * Letters used for shapes here:
 *   B  copies of the environment    T  steps    D  size of z    H  size of c    A  actions    N  moments
 *
 * Source: Espeholt et al., 2018, arXiv:1802.01561, figure 3, left; section 3.4 of arXiv:1807.03748: z is the encoder's output, c the
 * LSTM's.
 */
import {
  type DenseParameters,
  dense,
  type HostArray,
  initialiseLstm,
  type LstmState,
  layerAt,
  lecunNormal,
  lstm,
  type Random,
  type TensorTree,
  type Tree,
  zerosArray,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { type EncoderShape, initialiseEncoder } from './encoder.js';

export interface AgentShape extends EncoderShape {
  /** H: LSTM units. */
  readonly contextUnits: number;
  /** A. */
  readonly actionCount: number;
  /** False: the LSTM's state is zero before every step, so that the agent forgets; for comparison. */
  readonly memory: boolean;
}

/** What came before a moment, beside what is seen. */
export interface Past {
  /** `[B, T]` float32: clipped reward of the step before; counts as 0 at the start of an episode. */
  readonly lastRewards: tf.Tensor2D;
  /** `[B, T]` int32: the action before; counts as none at the start of an episode. */
  readonly lastActions: tf.Tensor2D;
  /** `[B, T]` float32: 1 where an episode starts, else 0. */
  readonly starts: tf.Tensor2D;
}

export interface Decision {
  /** `[N, A]`: logits of the policy. */
  readonly logits: tf.Tensor2D;
  /** `[N]`: expected discounted sum of clipped rewards from here on. */
  readonly values: tf.Tensor1D;
}

/**
 * First parameters: `encoder/…`, `context/lstm/…`, `policy/…`, `value/…`.
 *
 * Heads start with LeCun's deviation, so that a fresh policy is near uniform (ours: the sources do not say).
 */
export function initialiseAgent(shape: AgentShape, random: Random): Tree<HostArray> {
  const { encoderUnits, contextUnits: units, actionCount } = shape;
  return {
    encoder: initialiseEncoder(shape, random.fold('encoder')),
    context: { lstm: initialiseLstm({ inputs: encoderUnits + 1 + actionCount, units }, random.fold('context')) },
    policy: initialiseHead({ inputs: units, outputs: actionCount }, random.fold('policy')),
    value: initialiseHead({ inputs: units, outputs: 1 }, random.fold('value')),
  };
}

/**
 * g_ar: an LSTM over the latents, each with the reward and the action that led to it; it starts from zero with every episode.
 *
 * @param latents - `[B, T, D]`.
 * @param initial - state before the first step, as it was after the last one; zeros if left out.
 * @returns contexts `[B, T, H]` and the state after the last step; the caller owns all three tensors.
 */
export function contextualise(
  parameters: TensorTree,
  { actionCount, memory }: Pick<AgentShape, 'actionCount' | 'memory'>,
  latents: tf.Tensor3D,
  { lastRewards, lastActions, starts }: Past,
  initial?: LstmState,
): { readonly contexts: tf.Tensor3D; readonly state: LstmState } {
  return tf.tidy(() => {
    const goesOn = tf.expandDims(tf.sub(1, starts), 2); // [B, T, 1]
    const actions = tf.oneHot(lastActions, actionCount); // [B, T, A]
    const before = tf.mul(tf.concat([tf.expandDims(lastRewards, 2), tf.cast(actions, 'float32')], 2), goesOn);
    const input = tf.concat([latents, before], 2) as tf.Tensor3D; // [B, T, D + 1 + A]
    const reset = memory ? starts : tf.onesLike(starts);
    const layer = layerAt(parameters, 'context/lstm', ['kernel', 'recurrentKernel', 'bias', 'recurrentBias']);
    const { outputs, state } = lstm(layer, input, { reset, ...(initial === undefined ? {} : { initial }) });
    return { contexts: outputs, state: { ...state } };
  });
}

/**
 * What the agent makes of its contexts.
 *
 * @param contexts - `[N, H]`.
 * @returns two tensors that the caller owns.
 */
export function decide(parameters: TensorTree, contexts: tf.Tensor2D): Decision {
  return tf.tidy(() => {
    const head = (name: string): DenseParameters<tf.Tensor> => layerAt(parameters, name, ['kernel', 'bias']);
    const logits = dense(head('policy'), contexts) as tf.Tensor2D; // [N, A]
    const values: tf.Tensor1D = tf.reshape(dense(head('value'), contexts), [-1]); // [N]
    return { logits, values };
  });
}

function initialiseHead(
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  random: Random,
): DenseParameters<HostArray> {
  return { kernel: lecunNormal([inputs, outputs], inputs, random.fold('kernel')), bias: zerosArray([outputs]) };
}
