/**
 * The InfoNCE loss: pick the true future out of a line-up.
 *
 * This file knows nothing of audio, images, text or games. It is given scores and returns numbers; who made
 * the scores, and which candidates were put in the line-up, is decided in `predictors.ts` and `negatives.ts`.
 *
 * Letters used for shapes here:
 *   N  anchors (one per sequence and position)
 *   M  candidates per anchor: 1 positive, then M - 1 negatives
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, equation 4.
 */

import { CpcArgumentError } from '@cpc/base';
import { definePrimitive } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';

/**
 * A score no real candidate has: it leaves the line-up, since exp(excludedScore - anything) is 0.
 * Finite, so that a line-up of nothing but excluded candidates gives no NaN.
 */
export const excludedScore = -1e30;

/** -log softmax(scores)[0] by row; its gradient is softmax minus one-hot, with no pass through log and exp. */
const negativeLogLikelihood = definePrimitive<Record<string, never>>({
  name: 'InfoNce',
  spec: ([scores]) => ({ shape: [scores?.shape[0] ?? 0], dtype: 'float32' }),
  compute: ([scores]) => {
    const logProbabilities = tf.logSoftmax(scores as tf.Tensor2D); // [N, M]
    const positives = tf.slice(logProbabilities, [0, 0], [-1, 1]); // [N, 1]
    return tf.reshape(tf.neg(positives), [-1]); // [N]
  },
  gradient: (upstream, { inputs: [scores] }) => {
    const probabilities = tf.softmax(scores as tf.Tensor2D); // [N, M]
    const [anchors, candidates] = probabilities.shape as [number, number];
    const isPositive = tf.tensor2d(
      Float32Array.from({ length: candidates }, (_, index) => (index === 0 ? 1 : 0)),
      [1, candidates],
    );
    return [tf.mul(tf.sub(probabilities, isPositive), tf.reshape(upstream, [anchors, 1]))]; // [N, M]
  },
});

/**
 * InfoNCE of every anchor, in nats.
 *
 * @param scores - `[N, M]` float32 log-density ratios, any range; column 0 is the positive. Candidates that take
 *   no part hold `excludedScore`.
 * @returns `[N]`, each >= 0; the caller owns it.
 * @throws {CpcArgumentError} if `scores` is not rank 2, or M < 2.
 */
export function infoNcePerAnchor(scores: tf.Tensor2D): tf.Tensor1D {
  requireLineUp(scores);
  return tf.tidy(() => negativeLogLikelihood([scores], {}) as tf.Tensor1D);
}

/**
 * Mean InfoNCE loss over anchors, in nats.
 *
 * A model that cannot tell the candidates apart scores `ln M`; a perfect one tends to 0. `ln M - loss`, also in nats, can
 * never exceed `ln M`. It is a lower bound on the mutual information between context and future if the negatives are drawn
 * from the distribution of all futures; drawn from the anchor's own sequence, on that within a sequence.
 *
 * @param scores - `[N, M]` float32 log-density ratios, any range; column 0 is the positive. Not exponentiated: the
 *   function applies log-softmax itself.
 * @returns a scalar `[]`; the caller owns it and disposes it.
 * @throws {CpcArgumentError} if `scores` is not rank 2, or M < 2.
 *
 * @example
 * const loss = infoNce(tf.zeros([8, 4])); // ln 4 = 1.3863 nats
 */
export function infoNce(scores: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => tf.mean<tf.Scalar>(infoNcePerAnchor(scores)));
}

function requireLineUp(scores: tf.Tensor): void {
  const [anchors, candidates] = scores.shape;
  if (scores.rank === 2 && anchors !== undefined && candidates !== undefined && candidates >= 2) return;
  throw new CpcArgumentError({
    where: 'infoNce',
    argument: 'scores',
    expected: 'scores of shape [N, M] with M >= 2 (1 positive and at least 1 negative)',
    received: scores.shape,
    fix: 'Raise the count of the sampler, as in negativesFromBatch(count).',
  });
}
