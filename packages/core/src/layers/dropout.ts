/**
 * Dropout by a mask that is drawn on the host and enters a step as an input: so every engine drops the same elements, and
 * a resumed run the same as an uninterrupted one.
 *
 * Source: Srivastava et al., 2014, in the inverted form: what is kept is scaled up, so that nothing changes at test time.
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { type HostArray, sizeOf } from '../parameter-tree.js';

/**
 * @param shape - that of what is dropped from; with an axis of length 1, what lies along it is kept or dropped together.
 * @param rate - the probability of 0, in [0, 1).
 * @returns 0 or 1 / (1 - rate), each drawn by itself.
 * @throws {CpcArgumentError} if the rate is out of range.
 *
 * @example
 * const mask = dropoutMask([8, 1, 256], 0.1, random.fold('dropout', step)); // the same channels at every position
 */
export function dropoutMask(shape: readonly number[], rate: number, random: Random): HostArray {
  if (!(rate >= 0 && rate < 1)) {
    throw new CpcArgumentError({
      where: 'dropoutMask',
      argument: 'rate',
      expected: 'a rate from 0 to below 1',
      received: rate,
    });
  }
  const length = sizeOf(shape);
  const kept = 1 / (1 - rate);
  return { shape, data: Float32Array.from({ length }, () => (random.uniform() < rate ? 0 : kept)) };
}

/**
 * @param input - any shape, float32.
 * @param mask - from `dropoutMask`: the same shape, or axes of length 1 in its place.
 * @returns the shape of `input`; the caller owns it.
 * @throws {CpcArgumentError} if the mask does not fit.
 */
export function dropout<Shape extends tf.Tensor>(input: Shape, mask: tf.Tensor): Shape {
  const fits =
    mask.shape.length === input.shape.length &&
    mask.shape.every((length, axis) => length === 1 || length === input.shape[axis]);
  if (!fits) {
    throw new CpcArgumentError({
      where: 'dropout',
      argument: 'mask',
      expected: `a mask of shape [${input.shape.join(', ')}], or with axes of length 1`,
      received: mask.shape,
    });
  }
  return tf.mul<Shape>(input, mask);
}
