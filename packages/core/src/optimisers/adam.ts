/**
 * Adam (Kingma & Ba, 2015, arXiv:1412.6980, algorithm 1), with epsilon added to the bias-corrected root, as PyTorch does.
 *
 * It is written for few passes over memory, 10 of each parameter instead of 13. What is kept are decaying sums, which are the averages
 * without their constant factor 1 - decay; that factor, the bias corrections and the rate meet in two numbers of a step:
 *
 *   change = rate m / (sqrt(v) + epsilon) = (r / a) s / (sqrt(q) + epsilon / a)
 *   s  sum of gradients, m = (1 - firstDecay) s / firstCorrection      r = rate (1 - firstDecay) / firstCorrection
 *   q  sum of squares, v = (1 - secondDecay) q / secondCorrection      a = sqrt((1 - secondDecay) / secondCorrection)
 */
import * as tf from '@tensorflow/tfjs';
import { type Optimiser, type OptimiserInputs, requireDecay, requireEpsilon, tensorNamed } from './optimiser.js';
import { type LearningRate, scheduleOf } from './schedules.js';

export interface AdamOptions {
  /** Step size, > 0, or a schedule of it. The paper of CPC uses 2e-4 throughout. */
  readonly learningRate: LearningRate;
  /** Decay of the gradient's average, in [0, 1); default 0.9. */
  readonly firstDecay?: number;
  /** Decay of the squared gradient's average, in [0, 1); default 0.999. */
  readonly secondDecay?: number;
  /** Added to the denominator, > 0 and finite; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * @throws {CpcArgumentError} if a rate, a decay or epsilon is out of range.
 *
 * @example
 * const optimiser = adam({ learningRate: 2e-4 });
 */
export function adam({ learningRate, firstDecay = 0.9, secondDecay = 0.999, epsilon = 1e-8 }: AdamOptions): Optimiser {
  const rateAt = scheduleOf('adam', learningRate);
  requireDecay('adam', 'firstDecay', firstDecay);
  requireDecay('adam', 'secondDecay', secondDecay);
  requireEpsilon('adam', epsilon);
  return {
    name: 'adam',
    moments: { gradientSum: 0, squareSum: 0 },
    scalars: (step) => {
      const learningRate = rateAt(step);
      const root = Math.sqrt((1 - secondDecay) / (1 - secondDecay ** step));
      const rate = (learningRate * (1 - firstDecay)) / (1 - firstDecay ** step);
      return { learningRate, scale: rate / root, floor: epsilon / root };
    },
    update: (inputs) => tf.tidy(() => adamUpdate(inputs, firstDecay, secondDecay)),
  };
}

function adamUpdate(
  { parameter, gradient, moments, scalars }: OptimiserInputs,
  firstDecay: number,
  secondDecay: number,
) {
  const scalar = (name: string) => tensorNamed('adam', scalars, name);
  const before = (name: string) => tensorNamed('adam', moments, name);
  const gradientSum = tf.add(tf.mul(before('gradientSum'), firstDecay), gradient);
  const squareSum = tf.add(tf.mul(before('squareSum'), secondDecay), tf.mul(gradient, gradient));
  const change = tf.div(tf.mul(gradientSum, scalar('scale')), tf.add(tf.sqrt(squareSum), scalar('floor')));
  return { parameter: tf.sub(parameter, change), moments: { gradientSum, squareSum } };
}
