/**
 * What an optimiser is: a pure function from parameters, moments and gradients to new parameters and moments.
 * Numbers that change from step to step are computed on the host and enter as scalars, so that a step can be traced once.
 */

import { CpcArgumentError } from '@cpc/base';
import type * as tf from '@tensorflow/tfjs';

export interface OptimiserInputs {
  readonly parameter: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** One tensor per name in `moments`, each shaped like the parameter. */
  readonly moments: Readonly<Record<string, tf.Tensor>>;
  /** What `scalars` gave for this step, as tensors `[]`. */
  readonly scalars: Readonly<Record<string, tf.Tensor>>;
}

export interface Optimiser {
  /** For run records. */
  readonly name: string;
  /** The running averages it keeps by name, and the number each is filled with before the first update. */
  readonly moments: Readonly<Record<string, number>>;
  /** Host scalars of update number `step`, counted from 1; they depend on nothing else. Always holds `learningRate`. */
  readonly scalars: (step: number) => Readonly<Record<string, number>>;
  /** One parameter's update; the caller owns the results. */
  readonly update: (inputs: OptimiserInputs) => {
    readonly parameter: tf.Tensor;
    readonly moments: Readonly<Record<string, tf.Tensor>>;
  };
}

/** @throws {CpcArgumentError} if there is no tensor of that name: what calls the optimiser has lost it. */
export function tensorNamed(where: string, tensors: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (tensor !== undefined) return tensor;
  throw new CpcArgumentError({ where, argument: name, expected: `a tensor ${name}`, received: Object.keys(tensors) });
}

/** @throws {CpcArgumentError} if what is added to a denominator would not keep it above 0, or is not finite. */
export function requireEpsilon(where: string, epsilon: number): void {
  if (epsilon > 0 && Number.isFinite(epsilon)) return;
  const expected = 'epsilon to be a finite number above 0';
  throw new CpcArgumentError({ where, argument: 'epsilon', expected, received: epsilon });
}

/** @throws {CpcArgumentError} if a share of the past that is kept is outside [0, 1). */
export function requireDecay(where: string, argument: string, decay: number): void {
  if (decay >= 0 && decay < 1) return;
  const expected = `${argument} to be a number from 0 to below 1`;
  throw new CpcArgumentError({ where, argument, expected, received: decay });
}
