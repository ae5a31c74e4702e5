/**
 * What an optimiser is: a pure function from parameters, moments and gradients to new parameters and moments.
 * Numbers that change from step to step are computed on the host and enter as scalars, so that a step can be traced once.
 */
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
  /** Names of the running averages it keeps; all start at zero. */
  readonly moments: readonly string[];
  /** Host scalars of update number `step`, counted from 1. Always holds `learningRate`. */
  readonly scalars: (step: number) => Readonly<Record<string, number>>;
  /** One parameter's update; the caller owns the results. */
  readonly update: (inputs: OptimiserInputs) => {
    readonly parameter: tf.Tensor;
    readonly moments: Readonly<Record<string, tf.Tensor>>;
  };
}
