/**
 * Softmax cross-entropy over positions of which some have no label: what a classifier of frames, words or pixels is trained by.
 *
 * Knows nothing of who made the scores, or why a position has no label.
 *
 * Letters used for shapes here:
 *   N  positions, labelled or not    C  classes
 */

import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';

/**
 * Mean cross-entropy of the labelled positions, in nats.
 *
 * Equal scores give `ln C`; scores far above the others at every label tend to 0. Positions without a label have no part in sum,
 * count or gradient; where none has a label, the loss is 0.
 *
 * @param scores - `[..., C]` float32, any finite range, C >= 2; not exponentiated.
 * @param labels - `[...]` int32, 0 .. C - 1, or -1 for no label. What is above C - 1 counts as no label too: in a traced function
 *   it cannot be refused.
 * @returns a scalar `[]`; the caller owns it.
 * @throws {CpcArgumentError} if there is not one label per position, or C < 2.
 *
 * @example
 * const loss = labelledCrossEntropy(tf.zeros([3, 4]), tf.tensor1d([2, -1, 0], 'int32')); // ln 4 = 1.3863 nats
 */
export function labelledCrossEntropy(scores: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  const classes = checkedClasses(scores, labels);
  return tf.tidy(() => {
    const rows = tf.reshape(scores, [-1, classes]); // [N, C]
    const column = tf.reshape(labels, [-1, 1]); // [N, 1]
    const target = tf.cast(tf.equal(column, tf.range(0, classes, 1, 'int32')), 'float32'); // [N, C], a row of 0 for -1
    const sum = tf.neg(tf.sum(tf.mul(tf.logSoftmax(rows), target))); // []
    return tf.div<tf.Scalar>(sum, tf.maximum(tf.sum(target), 1)); // []
  });
}

/** C. */
function checkedClasses(scores: tf.Tensor, labels: tf.Tensor): number {
  const classes = scores.shape.at(-1) ?? 0;
  if (classes >= 2 && scores.shape.slice(0, -1).join() === labels.shape.join()) return classes;
  throw new CpcArgumentError({
    where: 'labelledCrossEntropy',
    argument: 'labels',
    expected: 'scores of shape [..., C] with C of at least 2, and labels of shape [...]',
    received: `[${scores.shape.join(', ')}] and [${labels.shape.join(', ')}]`,
  });
}
