/**
 * What an agent's update minimises, of one unroll of all copies: the actor-critic loss, and the contrastive task beside it.
 *
 *   loss = scale (actorCritic + contrastiveWeight infoNce)      scale: B T for sums over batch and time, 1 for means
 *
 * Both parts are means first, so that their proportion does not depend on how they are summed up. (The paper sums, and gives no
 * weight for the contrastive loss.)
 *
 * Letters used for shapes here:
 *   B  copies    T  steps of the unroll    D  size of z    H  size of c    N = B T
 */
import type { NamedSpecs } from '@cpc/compile';
import type { BatchTensors, LossAndMetrics, StepLoss, TensorTree } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { encode } from '../agent/encoder.js';
import { type AgentShape, contextualise, decide } from '../agent/network.js';
import { type ActorCriticCosts, actorCriticLoss } from './actor-critic-loss.js';
import type { ContrastiveTask } from './contrastive-task.js';

export interface AgentLossOptions extends ActorCriticCosts {
  readonly shape: AgentShape;
  /** B. */
  readonly copies: number;
  /** T. */
  readonly unrollSteps: number;
  readonly lossReduction: 'sum' | 'mean';
  /** The contrastive task and its weight; none if left out. */
  readonly contrastive?: { readonly task: ContrastiveTask; readonly weight: number };
}

/** The inputs of an update, and the loss over them. */
export function createAgentLoss(options: AgentLossOptions): StepLoss {
  return { batch: unrollSpecs(options), measure: (parameters, batch) => measure(options, parameters, batch) };
}

/** Name under which the plan of negatives enters an update. */
export const candidatesInput = 'candidates';

/** What an unroll holds, all `[B, T, …]` but for the LSTM's state before it and the plan of negatives. */
export function unrollSpecs({ shape, copies, unrollSteps, contrastive }: AgentLossOptions): NamedSpecs {
  const steps = [copies, unrollSteps];
  const state = { shape: [copies, shape.contextUnits], dtype: 'float32' } as const;
  const floats = { shape: steps, dtype: 'float32' } as const;
  const integers = { shape: steps, dtype: 'int32' } as const;
  const { negatives } = contrastive?.task ?? {};
  return {
    observations: { shape: [...steps, ...shape.observation.shape], dtype: 'float32' },
    lastRewards: floats,
    lastActions: integers,
    starts: floats,
    hidden: state,
    cell: state,
    actions: integers,
    returns: floats,
    advantages: floats,
    ...(negatives === undefined
      ? {}
      : { [candidatesInput]: { shape: [1, negatives.candidatesPerGroup], dtype: 'int32' } }),
  };
}

/** Traced: the loss, its parts, and what the contrastive task says of every predicted step. */
function measure(options: AgentLossOptions, parameters: TensorTree, batch: BatchTensors): LossAndMetrics {
  const { shape, copies, unrollSteps, contrastive } = options;
  const { latents, contexts } = unrolled(options, parameters, batch);
  const decision = decide(parameters, tf.reshape(contexts, [copies * unrollSteps, shape.contextUnits]));
  const flat = (name: string): tf.Tensor1D => tf.reshape(batch[name] as tf.Tensor, [-1]);
  const outcomes = { actions: flat('actions'), advantages: flat('advantages'), returns: flat('returns') };
  const { loss: actorCritic, ...parts } = actorCriticLoss(decision, outcomes, options);
  const scale = options.lossReduction === 'sum' ? copies * unrollSteps : 1;
  if (contrastive === undefined) return { loss: tf.mul<tf.Scalar>(scale, actorCritic), ...parts };
  const { loss: contrastiveLoss, ...figures } = contrastive.task.measure(parameters, {
    latents,
    contexts,
    starts: batch.starts as tf.Tensor2D,
    candidates: batch[candidatesInput] as tf.Tensor2D,
  });
  const total = tf.add(actorCritic, tf.mul(contrastive.weight, contrastiveLoss));
  return { loss: tf.mul<tf.Scalar>(scale, total), ...parts, contrastiveLoss, ...figures };
}

/** z and c of all steps: [B, T, D] and [B, T, H]. */
function unrolled({ shape, copies, unrollSteps }: AgentLossOptions, parameters: TensorTree, batch: BatchTensors) {
  const { observations, lastRewards, lastActions, starts, hidden, cell } = batch;
  const moments = copies * unrollSteps;
  const seen = tf.reshape(observations as tf.Tensor, [moments, ...shape.observation.shape]);
  const vectors = encode(parameters, seen, shape.observation); // [N, D]
  const latents: tf.Tensor3D = tf.reshape(vectors, [copies, unrollSteps, shape.encoderUnits]);
  const past = {
    lastRewards: lastRewards as tf.Tensor2D,
    lastActions: lastActions as tf.Tensor2D,
    starts: starts as tf.Tensor2D,
  };
  const initial = { hidden: hidden as tf.Tensor2D, cell: cell as tf.Tensor2D };
  return { latents, contexts: contextualise(parameters, shape, latents, past, initial) };
}
