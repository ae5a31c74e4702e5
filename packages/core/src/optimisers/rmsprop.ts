/**
 * RMSProp (Tieleman & Hinton, 2012, lecture 6.5): gradients divided by the root of their running mean square m,
 *
 *   m' = decay m + (1 - decay) g^2
 *
 *   as in TensorFlow 1                                     as in PyTorch
 *     v' = momentum v + rate g / sqrt(m' + epsilon)          v' = momentum v + g / (sqrt(m') + epsilon)
 *     p' = p - v'                                            p' = p - rate v'
 *     m starts at 1                                          m starts at 0
 *
 * The two differ a lot: for small gradients TensorFlow's steps start small, as m has yet to fall from 1, and its epsilon
 * holds them back far longer; PyTorch's first steps are 1 / sqrt(1 - decay) rates long. Results of DeepMind's agents were
 * found with TensorFlow's.
 */

import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { type Optimiser, type OptimiserInputs, requireDecay, requireEpsilon, tensorNamed } from './optimiser.js';
import { type LearningRate, scheduleOf } from './schedules.js';

export interface RmspropOptions {
  /** Step size, > 0, or a schedule of it. */
  readonly learningRate: LearningRate;
  /** Whose formula, above; default `tensorflow` (`tf.train.RMSPropOptimizer`, not centred). */
  readonly variant?: 'tensorflow' | 'pytorch';
  /** Decay of the mean square, in [0, 1); default the library's: 0.9 for TensorFlow, 0.99 for PyTorch. */
  readonly decay?: number;
  /** Share of the velocity that is kept, in [0, 1); default 0, which keeps none in memory either. */
  readonly momentum?: number;
  /** > 0; default the library's: 1e-10 for TensorFlow, 1e-8 for PyTorch. */
  readonly epsilon?: number;
}

interface Variant {
  readonly decay: number;
  readonly epsilon: number;
  readonly initialMeanSquare: number;
  readonly denominator: (meanSquare: tf.Tensor, epsilon: number) => tf.Tensor;
  /** Whether the rate multiplies what enters the velocity, or the velocity. */
  readonly rateEntersVelocity: boolean;
}

const variants: Readonly<Record<NonNullable<RmspropOptions['variant']>, Variant>> = {
  tensorflow: {
    decay: 0.9,
    epsilon: 1e-10,
    initialMeanSquare: 1,
    denominator: (meanSquare, epsilon) => tf.sqrt(tf.add(meanSquare, epsilon)),
    rateEntersVelocity: true,
  },
  pytorch: {
    decay: 0.99,
    epsilon: 1e-8,
    initialMeanSquare: 0,
    denominator: (meanSquare, epsilon) => tf.add(tf.sqrt(meanSquare), epsilon),
    rateEntersVelocity: false,
  },
};

/**
 * @throws {CpcArgumentError} if a rate, decay, momentum or epsilon is out of range, or the variant unknown.
 *
 * @example
 * const optimiser = rmsprop({ learningRate: linearDecay({ from: 7e-4, steps: 100_000 }), decay: 0.99, epsilon: 0.1 });
 */
export function rmsprop({ learningRate, variant = 'tensorflow', momentum = 0, ...given }: RmspropOptions): Optimiser {
  const formula = variants[variant];
  if (formula === undefined) {
    const expected = Object.keys(variants).join(' or ');
    throw new CpcArgumentError({ where: 'rmsprop', argument: 'variant', expected, received: variant });
  }
  const { decay = formula.decay, epsilon = formula.epsilon } = given;
  const rateAt = scheduleOf('rmsprop', learningRate);
  requireDecay('rmsprop', 'decay', decay);
  requireDecay('rmsprop', 'momentum', momentum);
  requireEpsilon('rmsprop', epsilon);
  return {
    name: `rmsprop (${variant})`,
    moments: { meanSquare: formula.initialMeanSquare, ...(momentum === 0 ? {} : { velocity: 0 }) },
    scalars: (step) => ({ learningRate: rateAt(step) }),
    update: (inputs) => tf.tidy(() => rmspropUpdate(inputs, formula, { decay, momentum, epsilon })),
  };
}

interface Numbers {
  readonly decay: number;
  readonly momentum: number;
  readonly epsilon: number;
}

function rmspropUpdate(
  { parameter, gradient, moments, scalars }: OptimiserInputs,
  { denominator, rateEntersVelocity }: Variant,
  { decay, momentum, epsilon }: Numbers,
) {
  const rate = tensorNamed('rmsprop', scalars, 'learningRate'); // []
  const before = (name: string) => tensorNamed('rmsprop', moments, name);
  const meanSquare = tf.add(tf.mul(before('meanSquare'), decay), tf.mul(tf.square(gradient), 1 - decay));
  const scaled = tf.div(gradient, denominator(meanSquare, epsilon));
  if (momentum === 0) return { parameter: tf.sub(parameter, tf.mul(scaled, rate)), moments: { meanSquare } };
  const entering = rateEntersVelocity ? tf.mul(scaled, rate) : scaled;
  const velocity = tf.add(tf.mul(before('velocity'), momentum), entering);
  const change = rateEntersVelocity ? velocity : tf.mul(velocity, rate);
  return { parameter: tf.sub(parameter, change), moments: { meanSquare, velocity } };
}
