/** Runs an optimiser on given gradients, for tests. */
import * as tf from '@tensorflow/tfjs';
import type { Optimiser } from '../optimisers/optimiser.js';

/** The parameters after every update, on the active backend. */
export function descend(
  optimiser: Optimiser,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
): number[][] {
  return tf.tidy(() => {
    let parameter: tf.Tensor = tf.tensor1d([...start]);
    let moments: Readonly<Record<string, tf.Tensor>> = Object.fromEntries(
      Object.entries(optimiser.moments).map(([name, value]) => [name, tf.fill([start.length], value)]),
    );
    return gradients.map((gradient, index) => {
      const scalars = Object.fromEntries(
        Object.entries(optimiser.scalars(index + 1)).map(([name, value]) => [name, tf.scalar(value)]),
      );
      ({ parameter, moments } = optimiser.update({
        parameter,
        moments,
        gradient: tf.tensor1d([...gradient]),
        scalars,
      }));
      return Array.from(parameter.dataSync());
    });
  });
}
