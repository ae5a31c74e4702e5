/**
 * Adam (Kingma & Ba, 2015, arXiv:1412.6980, algorithm 1), with epsilon added to the bias-corrected root, as PyTorch does.
 */
import * as tf from '@tensorflow/tfjs';
import { CpcArgumentError } from '../errors.js';
import type { Optimiser, OptimiserInputs } from './optimiser.js';

export interface AdamOptions {
  /** Step size; > 0. The paper of CPC uses 2e-4 throughout. */
  readonly learningRate: number;
  /** Decay of the gradient's average, in [0, 1); default 0.9. */
  readonly firstDecay?: number;
  /** Decay of the squared gradient's average, in [0, 1); default 0.999. */
  readonly secondDecay?: number;
  /** Added to the denominator; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * @throws {CpcArgumentError} if a rate or decay is out of range.
 *
 * @example
 * const optimiser = adam({ learningRate: 2e-4 });
 */
export function adam({ learningRate, firstDecay = 0.9, secondDecay = 0.999, epsilon = 1e-8 }: AdamOptions): Optimiser {
  if (!(learningRate > 0 && Number.isFinite(learningRate))) {
    throw new CpcArgumentError({
      where: 'adam',
      argument: 'learningRate',
      expected: 'a number above 0',
      received: learningRate,
    });
  }
  for (const [argument, decay] of Object.entries({ firstDecay, secondDecay })) {
    if (!(decay >= 0 && decay < 1)) {
      throw new CpcArgumentError({ where: 'adam', argument, expected: 'a number from 0 to below 1', received: decay });
    }
  }
  return {
    name: 'adam',
    moments: ['first', 'second'],
    scalars: (step) => ({
      learningRate,
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
  const first = tf.add(tf.mul(named(moments, 'first'), firstDecay), tf.mul(gradient, 1 - firstDecay));
  const second = tf.add(tf.mul(named(moments, 'second'), secondDecay), tf.mul(tf.square(gradient), 1 - secondDecay));
  const rate = tf.div(named(scalars, 'learningRate'), named(scalars, 'firstCorrection')); // []
  const root = tf.sqrt(tf.div(second, named(scalars, 'secondCorrection')));
  const change = tf.div(tf.mul(first, rate), tf.add(root, epsilon));
  return { parameter: tf.sub(parameter, change), moments: { first, second } };
}

function named(tensors: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (tensor === undefined)
    throw new CpcArgumentError({ where: 'adam', argument: name, expected: 'a tensor', received: undefined });
  return tensor;
}
