/**
 * Lower bounds on mutual information from the scores of a critic: what a critic is trained to raise, and the figure read off.
 *
 * Scores come as a square: row i holds the scores of x_i with every y, of which y_i is its own and the others count as drawn
 * from p(y). Who made the scores is not known here.
 *
 * Letters used for shapes here:
 *   N  pairs
 *
 * Sources: InfoNCE, van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 2.3 and appendix A.1. NWJ, Nguyen, Wainwright &
 * Jordan, 2010, arXiv:0809.0853. Jensen-Shannon, Hjelm et al., 2019, arXiv:1808.06670. All as in Poole et al., 2019,
 * arXiv:1905.06922, section 2.
 */

import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { excludedScore, infoNce } from '../info-nce.js';

/** A way to estimate mutual information from scores `[N, N]`. */
export interface InformationEstimator {
  readonly name: 'info-nce' | 'nwj' | 'jensen-shannon';
  /** `[]`: what a critic is trained to raise; differentiable; the caller owns it. */
  readonly objective: (scores: tf.Tensor2D) => tf.Scalar;
  /** `[]`: mutual information in nats as this batch has it; the caller owns it. */
  readonly estimate: (scores: tf.Tensor2D) => tf.Scalar;
}

/**
 * ln N - L_N. Never above ln N, whatever the scores; of little variance. Highest where a score is the log density ratio plus
 * anything that depends on x alone.
 */
export const infoNceEstimator: InformationEstimator = {
  name: 'info-nce',
  objective: infoNceEstimate,
  estimate: infoNceEstimate,
};

/**
 * E_p[f] - E_q[e^(f - 1)]. Not bounded by the batch, but e^f of few pairs decides: its variance grows as e^I. Highest where
 * a score is the log density ratio plus 1.
 */
export const nwjEstimator: InformationEstimator = { name: 'nwj', objective: nwjEstimate, estimate: nwjEstimate };

/**
 * A critic trained by telling own pairs from others (steady, and no bound on information itself), whose scores are then the log
 * density ratio; the figure is NWJ's at that score plus 1.
 */
export const jensenShannonEstimator: InformationEstimator = {
  name: 'jensen-shannon',
  objective: (scores) =>
    tf.tidy(() => {
      const own = tf.neg(tf.mean(tf.softplus(tf.neg(ownScores(scores)))));
      return tf.sub<tf.Scalar>(own, meanOverOthers(scores, tf.softplus));
    }),
  estimate: (scores) => tf.tidy(() => nwjEstimate(tf.add(scores, 1))),
};

/** All three, in the order of the sources. */
export const informationEstimators: readonly InformationEstimator[] = [
  infoNceEstimator,
  nwjEstimator,
  jensenShannonEstimator,
];

function infoNceEstimate(scores: tf.Tensor2D): tf.Scalar {
  const count = pairsIn(scores);
  return tf.tidy(() => {
    const lineUps = tf.concat([tf.reshape(ownScores(scores), [count, 1]), otherScores(scores)], 1); // [N, 1 + N]
    return tf.sub<tf.Scalar>(Math.log(count), infoNce(lineUps as tf.Tensor2D));
  });
}

function nwjEstimate(scores: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const others = meanOverOthers(scores, (score) => tf.exp(tf.sub(score, 1)));
    return tf.sub<tf.Scalar>(tf.mean(ownScores(scores)), others);
  });
}

/** The diagonal, `[N]`. */
function ownScores(scores: tf.Tensor2D): tf.Tensor1D {
  return tf.sum<tf.Tensor1D>(tf.mul(scores, tf.eye(pairsIn(scores))), 1);
}

/** `[N, N]` with `excludedScore` on the diagonal: e to the power of it is 0, and so is its softplus. */
function otherScores(scores: tf.Tensor2D): tf.Tensor2D {
  return tf.add(scores, tf.mul(tf.eye(pairsIn(scores)), excludedScore));
}

/** Mean over the pairs off the diagonal of a function that is 0 at `excludedScore`, `[]`. */
function meanOverOthers(scores: tf.Tensor2D, of: (scores: tf.Tensor2D) => tf.Tensor): tf.Scalar {
  const count = pairsIn(scores);
  return tf.div<tf.Scalar>(tf.sum(of(otherScores(scores))), count * (count - 1));
}

function pairsIn({ shape }: tf.Tensor2D): number {
  const [rows, columns] = shape;
  if (shape.length === 2 && rows === columns && rows >= 2) return rows;
  throw new CpcArgumentError({
    where: 'mutual information',
    argument: 'scores',
    expected: 'scores of shape [N, N] with N >= 2: of every x with every y',
    received: shape,
  });
}
