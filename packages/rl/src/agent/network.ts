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
 * @param initial - state before the first step, as it was after the last one.
 * @returns `[B, T, H]`; the caller owns it.
 */
export function contextualise(
  parameters: TensorTree,
  { actionCount, memory }: Pick<AgentShape, 'actionCount' | 'memory'>,
  latents: tf.Tensor3D,
  past: Past,
  initial: LstmState,
): tf.Tensor3D {
  return tf.tidy(() => {
    const input = withPast(latents, past, actionCount); // [B, T, D + 1 + A]
    const reset = memory ? past.starts : tf.onesLike(past.starts);
    return lstm(lstmOf(parameters), input, { initial, reset }).outputs;
  });
}

/**
 * One step of g_ar, for acting: what `contextualise` gives for T = 1, and the state to go on from. The state is reset before the
 * recurrence and not within it, so that an exported file holds an ordinary LSTM.
 *
 * @param latents - `[B, D]`.
 * @returns three tensors `[B, H]` that the caller owns.
 */
export function advance(
  parameters: TensorTree,
  { actionCount, memory }: Pick<AgentShape, 'actionCount' | 'memory'>,
  latents: tf.Tensor2D,
  past: Past,
  { hidden, cell }: LstmState,
): { readonly contexts: tf.Tensor2D; readonly state: LstmState } {
  return tf.tidy(() => {
    const oneStep = tf.expandDims(latents, 1) as tf.Tensor3D; // [B, 1, D]
    const kept = memory ? tf.sub(1, past.starts) : tf.zerosLike(past.starts); // [B, 1]
    const initial = { hidden: tf.mul<tf.Tensor2D>(hidden, kept), cell: tf.mul<tf.Tensor2D>(cell, kept) };
    const { state } = lstm(lstmOf(parameters), withPast(oneStep, past, actionCount), { initial });
    return { contexts: tf.clone(state.hidden), state: { ...state } };
  });
}

/** Latents with the last reward and the last action, one-hot, behind them; both are 0 where an episode starts. */
function withPast(latents: tf.Tensor3D, { lastRewards, lastActions, starts }: Past, actionCount: number): tf.Tensor3D {
  const goesOn = tf.expandDims(tf.sub(1, starts), 2); // [B, T, 1]
  const actions = tf.cast(tf.oneHot(lastActions, actionCount), 'float32'); // [B, T, A]
  const before = tf.mul(tf.concat([tf.expandDims(lastRewards, 2), actions], 2), goesOn);
  return tf.concat([latents, before], 2) as tf.Tensor3D;
}

function lstmOf(parameters: TensorTree) {
  return layerAt(parameters, 'context/lstm', ['kernel', 'recurrentKernel', 'bias', 'recurrentBias']);
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
