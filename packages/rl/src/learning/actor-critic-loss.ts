/**
 * The loss of advantage actor-critic (A2C): do more of what turned out better than was hoped, learn what to hope for, and do not
 * settle too early.
 *
 *   policy    -mean(log p(a_t) advantage_t)
 *   value      mean((R_t - V_t)^2) / 2
 *   entropy    mean(-sum_a p(a) log p(a)), in nats
 *   loss       policy + baselineCost value - entropyCost entropy
 *
 * Returns and advantages are constants here; `returns.ts` makes them.
 *
 * Letters used for shapes here:
 *   N  agent steps, of all copies    A  actions
 *
 * Source: Mnih et al., 2016, arXiv:1602.01783; the half in the value loss as in IMPALA's published code.
 */
import * as tf from '@tensorflow/tfjs';
import type { Decision } from '../agent/network.js';

export interface Outcomes {
  /** `[N]` int32. */
  readonly actions: tf.Tensor1D;
  /** `[N]`. */
  readonly advantages: tf.Tensor1D;
  /** `[N]`. */
  readonly returns: tf.Tensor1D;
}

export interface ActorCriticCosts {
  readonly baselineCost: number;
  readonly entropyCost: number;
}

/** Scalars, means over agent steps. */
export interface ActorCriticLoss {
  readonly loss: tf.Scalar;
  readonly policyLoss: tf.Scalar;
  readonly valueLoss: tf.Scalar;
  /** Nats, from 0 to ln A. */
  readonly entropy: tf.Scalar;
}

/** @returns four scalars that the caller owns. */
export function actorCriticLoss(
  { logits, values }: Decision,
  { actions, advantages, returns }: Outcomes,
  { baselineCost, entropyCost }: ActorCriticCosts,
): ActorCriticLoss {
  return tf.tidy(() => {
    const logProbabilities = tf.logSoftmax(logits); // [N, A]
    const taken = tf.cast(tf.oneHot(actions, logits.shape[1]), 'float32'); // [N, A]
    const ofTaken = tf.sum(tf.mul(logProbabilities, taken), 1); // [N]
    const policyLoss = tf.neg(tf.mean<tf.Scalar>(tf.mul(ofTaken, advantages)));
    const valueLoss = tf.mul<tf.Scalar>(0.5, tf.mean(tf.square(tf.sub(returns, values))));
    const perStep = tf.neg(tf.sum(tf.mul(tf.exp(logProbabilities), logProbabilities), 1)); // [N]
    const entropy = tf.mean<tf.Scalar>(perStep);
    const hoped = tf.add(policyLoss, tf.mul(baselineCost, valueLoss));
    return { loss: tf.sub<tf.Scalar>(hoped, tf.mul(entropyCost, entropy)), policyLoss, valueLoss, entropy };
  });
}
