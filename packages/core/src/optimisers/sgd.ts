/**
 * Stochastic gradient descent, with momentum as PyTorch has it:
 *
 *   v' = momentum v + g
 *   p' = p - rate v'                        or, after Nesterov, p - rate (g + momentum v')
 *
 * The rate stands outside the velocity v, so that a change of rate counts at once. v starts at 0, there is no damping of g.
 * Source: Sutskever, Martens, Dahl & Hinton, 2013, in the form of torch.optim.SGD.
 */

import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { type Optimiser, type OptimiserInputs, requireDecay, tensorNamed } from './optimiser.js';
import { type LearningRate, scheduleOf } from './schedules.js';

export interface SgdOptions {
  /** Step size, > 0, or a schedule of it. */
  readonly learningRate: LearningRate;
  /** Share of the velocity that is kept, in [0, 1); default 0, which keeps none in memory either. */
  readonly momentum?: number;
  /** Looks one step ahead; needs a momentum above 0. Default false. */
  readonly nesterov?: boolean;
}

/**
 * @throws {CpcArgumentError} if a rate or the momentum is out of range, or `nesterov` is asked for without momentum.
 *
 * @example
 * const optimiser = sgd({ learningRate: stepDecay([{ steps: 50_000, rate: 0.1 }, { steps: 25_000, rate: 0.01 }]), momentum: 0.9 });
 */
export function sgd({ learningRate, momentum = 0, nesterov = false }: SgdOptions): Optimiser {
  const rateAt = scheduleOf('sgd', learningRate);
  requireDecay('sgd', 'momentum', momentum);
  if (nesterov && momentum === 0) {
    throw new CpcArgumentError({
      where: 'sgd',
      argument: 'nesterov',
      expected: 'a momentum above 0 for nesterov',
      received: momentum,
    });
  }
  return {
    name: 'sgd',
    moments: momentum === 0 ? {} : { velocity: 0 },
    scalars: (step) => ({ learningRate: rateAt(step) }),
    update: (inputs) =>
      tf.tidy(() => (momentum === 0 ? plainUpdate(inputs) : momentumUpdate(inputs, momentum, nesterov))),
  };
}

function plainUpdate({ parameter, gradient, scalars }: OptimiserInputs) {
  return { parameter: moved(parameter, gradient, scalars), moments: {} };
}

function momentumUpdate(
  { parameter, gradient, moments, scalars }: OptimiserInputs,
  momentum: number,
  nesterov: boolean,
) {
  const velocity = tf.add(tf.mul(tensorNamed('sgd', moments, 'velocity'), momentum), gradient);
  const direction = nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity;
  return { parameter: moved(parameter, direction, scalars), moments: { velocity } };
}

function moved(parameter: tf.Tensor, direction: tf.Tensor, scalars: OptimiserInputs['scalars']): tf.Tensor {
  return tf.sub(parameter, tf.mul(direction, tensorNamed('sgd', scalars, 'learningRate')));
}
