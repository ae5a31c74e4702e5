/** Keeps the length of the whole gradient within bounds. */

import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';

/** Euclidean length over all gradients together: a scalar `[]` that the caller owns. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    const squares = gradients.map((gradient) => tf.sum<tf.Scalar>(tf.square(gradient)));
    return tf.sqrt(squares.reduce((total, square) => tf.add(total, square)));
  });
}

/**
 * What to multiply every gradient with so that their common length is at most `limit`: 1 where it already is.
 *
 * @param norm - `[]`, as `globalNorm` gives it.
 * @param limit - > 0.
 */
export function clipFactor(norm: tf.Scalar, limit: number): tf.Scalar {
  return tf.tidy(() => tf.div<tf.Scalar>(limit, tf.maximum(norm, limit)));
}

/** @throws {CpcArgumentError} if a limit is given that cannot be one. */
export function requireClipNorm(where: string, received: number | undefined): void {
  if (received === undefined || (received > 0 && Number.isFinite(received))) return;
  const expected = 'clipNorm to be a finite number above 0';
  throw new CpcArgumentError({ where, argument: 'clipNorm', expected, received, fix: 'Leave it out to clip nothing.' });
}
