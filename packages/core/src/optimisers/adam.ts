/**
 * Adam (Kingma & Ba, 2015, arXiv:1412.6980, algorithm 1), with epsilon added to the bias-corrected root, as PyTorch does.
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
    moments: { first: 0, second: 0 },
    scalars: (step) => ({
      learningRate: rateAt(step),
      firstCorrection: 1 - firstDecay ** step,
      secondCorrection: 1 - secondDecay ** step,
    }),
    update: (inputs) => tf.tidy(() => adamUpdate(inputs, firstDecay, secondDecay, epsilon)),
  };
}

function adamUpdate(
  { parameter, gradient, moments, scalars }: OptimiserInputs,
  firstDecay: number,
  secondDecay: number,
  epsilon: number,
) {
  const scalar = (name: string) => tensorNamed('adam', scalars, name);
  const before = (name: string) => tensorNamed('adam', moments, name);
  const first = tf.add(tf.mul(before('first'), firstDecay), tf.mul(gradient, 1 - firstDecay));
  const second = tf.add(tf.mul(before('second'), secondDecay), tf.mul(tf.square(gradient), 1 - secondDecay));
  const rate = tf.div(scalar('learningRate'), scalar('firstCorrection')); // []
  const root = tf.sqrt(tf.div(second, scalar('secondCorrection')));
  const change = tf.div(tf.mul(first, rate), tf.add(root, epsilon));
  return { parameter: tf.sub(parameter, change), moments: { first, second } };
}
