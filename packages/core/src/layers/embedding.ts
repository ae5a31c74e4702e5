/**
 * A table of vectors, read by row.
 *
 * The gradient of a row is the sum over all places that read it, also where one id occurs many times. It is as large as the
 * table, and so are the optimiser's averages: this layer is for tables of thousands of rows, not of hundreds of thousands.
 *
 * Letters used for shapes here:
 *   V  rows of the table    D  size of a vector
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../parameter-tree.js';
import { normalArray } from './initialisers.js';

/** `table` `[V, D]`. */
export interface EmbeddingParameters<Leaf> {
  readonly [name: string]: Leaf;
  readonly table: Leaf;
}

/**
 * Normal with variance 1 / D: every vector is about 1 long, whatever its size.
 *
 * @param scale - length of a vector instead of 1.
 */
export function initialiseEmbedding(
  { rows, size, scale = 1 }: { readonly rows: number; readonly size: number; readonly scale?: number },
  random: Random,
): EmbeddingParameters<HostArray> {
  return { table: normalArray([rows, size], scale * Math.sqrt(1 / size), random.fold('table')) };
}

/**
 * @param ids - `[...]` int32, from 0 to V - 1. A traced function can't look at them: an id of V or more is an error of the
 *   engine when it runs, a negative one too on most, but ONNX Runtime counts it from the end of the table.
 * @returns `[..., D]` float32; the caller owns it.
 * @throws {CpcArgumentError} if ids are not int32, or the table is not a matrix.
 *
 * @example
 * embedding({ table: tf.tensor2d([[1, 2], [3, 4]]) }, tf.tensor1d([1, 1, 0], 'int32')); // [[3, 4], [3, 4], [1, 2]]
 */
export function embedding({ table }: EmbeddingParameters<tf.Tensor>, ids: tf.Tensor): tf.Tensor {
  requireFit(table, ids);
  return tf.gather(table, ids as tf.Tensor1D); // its type knows vectors of ids only, the function takes any rank
}

function requireFit(table: tf.Tensor, ids: tf.Tensor): void {
  if (table.shape.length !== 2) {
    throw new CpcArgumentError({
      where: 'embedding',
      argument: 'table',
      expected: 'a table of shape [rows, size]',
      received: table.shape,
    });
  }
  if (ids.dtype === 'int32') return;
  throw new CpcArgumentError({
    where: 'embedding',
    argument: 'ids',
    expected: 'ids of type int32',
    received: ids.dtype,
    fix: 'Make them from an Int32Array, or cast them.',
  });
}
