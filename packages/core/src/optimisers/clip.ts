/** Keeps the length of the whole gradient within bounds. */
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
