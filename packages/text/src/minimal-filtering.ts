/**
 * A convolution over 3 neighbours with half the products: 4 outputs together from 6 products instead of 12 (minimal filtering F(4, 3),
 * Winograd, 1980; the matrices are those of Lavin & Gray, 2016, arXiv:1509.09308, section 4.3).
 *
 * Inputs, kernel and outputs of a tile are each mixed by a small constant matrix. Sums are taken in another order than in the plain
 * convolution: results agree to about 1e-5 of the largest.
 *
 * Letters used for shapes here:
 *   N  sequences    W  positions, padded to 4 T    T  tiles of a sequence
 *   E  inputs       D  outputs                        K  sums over a sequence
 */
import * as tf from '@tensorflow/tfjs';

/** Positions of a tile, and what a tile reads: one before it and one behind it more. */
const [tile, seen] = [4, 6];

/** The width of the kernels that this is for. */
export const filteredWidth = 3;

const inputMix = [
  ...[4, 0, -5, 0, 1, 0],
  ...[0, -4, -4, 1, 1, 0],
  ...[0, 4, -4, -1, 1, 0],
  ...[0, -2, -1, 2, 1, 0],
  ...[0, 2, -1, -2, 1, 0],
  ...[0, 4, 0, -5, 0, 1],
];
const kernelMix = [
  ...[1 / 4, 0, 0],
  ...[-1 / 6, -1 / 6, -1 / 6],
  ...[-1 / 6, 1 / 6, -1 / 6],
  ...[1 / 24, 1 / 12, 1 / 6],
  ...[1 / 24, -1 / 12, 1 / 6],
  ...[0, 0, 1],
];
const outputMix = [...[1, 1, 1, 1, 1, 0], ...[0, 1, -1, 2, -2, 0], ...[0, 1, 1, 4, 4, 0], ...[0, 1, -1, 8, -8, 1]];

/**
 * A kernel as products take it.
 *
 * @param kernel - `[3, E, D]`.
 * @returns `[6, E, D]`; the caller owns it.
 */
export function mixedKernel(kernel: tf.Tensor3D): tf.Tensor3D {
  const [width, inputs, outputs] = kernel.shape;
  return tf.tidy(() => {
    const mixed = mix(kernelMix, filteredWidth, tf.reshape(kernel, [width, inputs * outputs]));
    return tf.reshape<tf.Rank.R3>(mixed, [seen, inputs, outputs]);
  });
}

/**
 * The convolution at every position, with zeros before the first and behind the last; without bias.
 *
 * @param input - `[N, W, E]`, W of at least 1.
 * @param kernels - `[6, E, D]`, of `mixedKernel`.
 * @returns `[4, N, T, D]`: position 4 t + i stands at `[i, :, t]`, positions of W and more hold nothing of use. The caller owns it.
 */
export function filteredConvolution(input: tf.Tensor3D, kernels: tf.Tensor3D): tf.Tensor4D {
  const [sequences, positions, inputs] = input.shape;
  const outputs = kernels.shape[2];
  const tiles = Math.ceil(positions / tile);
  return tf.tidy(() => {
    const after = (tiles + 1) * tile - 1 - positions;
    const padded = tf.pad(input, [
      [0, 0],
      [1, after],
      [0, 0],
    ]); // [N, 4 (T + 1), E]
    const blocks = tf.reshape<tf.Rank.R4>(padded, [sequences, tiles + 1, tile, inputs]);
    const places = Array.from({ length: seen }, (_, place) => {
      const part = tf.slice(blocks, [0, Math.floor(place / tile), place % tile, 0], [sequences, tiles, 1, inputs]);
      return tf.reshape(part, [1, sequences * tiles * inputs]);
    });
    const mixed = mix(inputMix, seen, tf.concat(places, 0)); // [6, N T E]
    const products = tf.matMul(tf.reshape<tf.Rank.R3>(mixed, [seen, sequences * tiles, inputs]), kernels); // [6, N T, D]
    const found = mix(outputMix, seen, tf.reshape(products, [seen, sequences * tiles * outputs])); // [4, N T D]
    return tf.reshape<tf.Rank.R4>(found, [tile, sequences, tiles, outputs]);
  });
}

/** A constant matrix times rows. */
function mix(matrix: readonly number[], columns: number, rows: tf.Tensor): tf.Tensor {
  return tf.matMul(tf.tensor2d([...matrix], [matrix.length / columns, columns]), rows as tf.Tensor2D);
}

/**
 * Sums over a sequence's positions, each times its weight.
 *
 * @param values - `[4, N, T, D]` as `filteredConvolution` gives them.
 * @param weights - `[N, K, W]`: those of K sums.
 * @returns `[N, K, D]`; the caller owns it.
 */
export function weightedSums(values: tf.Tensor4D, weights: tf.Tensor3D): tf.Tensor3D {
  const [, sequences, tiles, outputs] = values.shape;
  const [, count, positions] = weights.shape;
  return tf.tidy(() => {
    const padded = tf.pad(weights, [
      [0, 0],
      [0, 0],
      [0, tile * tiles - positions],
    ]);
    const byPlace = tf.transpose(tf.reshape(padded, [sequences, count, tiles, tile]), [3, 0, 1, 2]); // [4, N, K, T]
    const sums = tf.matMul(
      tf.reshape<tf.Rank.R3>(byPlace, [tile * sequences, count, tiles]),
      tf.reshape<tf.Rank.R3>(values, [tile * sequences, tiles, outputs]),
    ); // [4 N, K, D]
    return tf.sum<tf.Tensor3D>(tf.reshape(sums, [tile, sequences, count, outputs]), 0);
  });
}
