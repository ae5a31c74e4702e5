/**
 * Contrastive Predictive Coding as a second task of an agent's encoder and LSTM: from what it has seen so far, pick out what it will
 * see, k steps later, among what is seen in the unrolls of all copies.
 *
 * The loss, the predictors W_k and the plans of negatives are core's. Here is which anchors count: no prediction crosses the end of
 * an episode.
 *
 * Letters used for shapes here:
 *   B  copies    T  steps    D  size of z    H  size of c    K  predicted steps
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.4.
 */
import {
  type ContrastiveOutputs,
  contrastiveLoss,
  type HostArray,
  initialisePredictors,
  layerAt,
  type NegativeSampler,
  negativesFromBatch,
  type Random,
  type TensorTree,
  type Tree,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';

export interface ContrastiveTask {
  /** How far ahead each predicted step lies: 1 .. K. */
  readonly offsets: readonly number[];
  readonly negatives: NegativeSampler;
  /** The matrices W_k, under `predictors`. */
  readonly initialise: (random: Random) => Tree<HostArray>;
  /** @returns four tensors that the caller owns. */
  readonly measure: (parameters: TensorTree, inputs: ContrastiveTaskInputs) => ContrastiveOutputs;
}

export interface ContrastiveTaskInputs {
  /** `[B, T, D]`. */
  readonly latents: tf.Tensor3D;
  /** `[B, T, H]`. */
  readonly contexts: tf.Tensor3D;
  /** `[B, T]`: 1 where an episode starts, else 0. */
  readonly starts: tf.Tensor2D;
  /** `[1, M]` int32 rows of the flattened latents. */
  readonly candidates: tf.Tensor2D;
}

export interface ContrastiveTaskOptions {
  /** K; below the steps of an unroll. */
  readonly predictionSteps: number;
  /** M: candidates that all anchors share. */
  readonly negativeCount: number;
  /** Only every so many-th step predicts; all can be predicted. */
  readonly anchorEvery: number;
  /** Factor on LeCun's deviation of the first W_k. */
  readonly predictorScale: number;
  /** H. */
  readonly contextUnits: number;
  /** D. */
  readonly encoderUnits: number;
}

export function createContrastiveTask(options: ContrastiveTaskOptions): ContrastiveTask {
  const { predictionSteps, contextUnits: contextSize, encoderUnits: latentSize, predictorScale: scale } = options;
  const { anchorEvery } = options;
  const offsets = Array.from({ length: predictionSteps }, (_, index) => index + 1);
  const names = offsets.map((offset) => `step${offset}`);
  return {
    offsets,
    negatives: negativesFromBatch(options.negativeCount),
    initialise: (random) => ({ predictors: initialisePredictors({ offsets, contextSize, latentSize, scale }, random) }),
    measure: (parameters, { latents, contexts, starts, candidates }) => {
      const predictors = layerAt(parameters, 'predictors', names);
      const weights = (offset: number) => withinEpisode(starts, offset);
      return contrastiveLoss({ latents, contexts, predictors, offsets, candidates, anchorEvery, weights });
    },
  };
}

/**
 * Where a step and the one `offset` later belong to the same episode.
 *
 * @param starts - `[B, T]`: 1 where an episode starts, else 0.
 * @param offset - from 1 to T - 1.
 * @returns `[B, T - offset]`, 1 or 0; the caller owns it.
 */
export function withinEpisode(starts: tf.Tensor2D, offset: number): tf.Tensor2D {
  return tf.tidy(() => {
    const episodes = tf.cumsum(starts, 1); // [B, T]: counted within the unroll
    const length = (starts.shape[1] ?? 0) - offset;
    const here = tf.slice(episodes, [0, 0], [-1, length]);
    const later = tf.slice(episodes, [0, offset], [-1, length]);
    return tf.cast(tf.equal(here, later), 'float32') as tf.Tensor2D;
  });
}
