/** Which vectors are most like another: cosine similarity, as is usual for sentences. */
import { CpcArgumentError, type HostArray } from '@cpc/core';

export interface Neighbour {
  /** Row of the vectors. */
  readonly row: number;
  /** From -1 to 1. */
  readonly similarity: number;
}

/**
 * The cosine of the angle between two vectors; 0 where one of them is all zero.
 *
 * @throws {CpcArgumentError} if they are not equally long.
 */
export function cosineSimilarity(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) {
    const expected = `a vector of ${one.length} numbers, as the first has`;
    throw new CpcArgumentError({ where: 'cosineSimilarity', argument: 'other', expected, received: other.length });
  }
  let [product, first, second] = [0, 0, 0];
  for (let index = 0; index < one.length; index++) {
    const [left, right] = [one[index] ?? 0, other[index] ?? 0];
    product += left * right;
    first += left * left;
    second += right * right;
  }
  return first === 0 || second === 0 ? 0 : product / Math.sqrt(first * second);
}

/**
 * The rows that are most like a vector, the most similar first; of equally similar ones the earlier.
 *
 * @param vectors - `[N, D]`.
 * @param query - `[D]`.
 * @param count - how many at most.
 *
 * @example
 * const { data } = await encoder.encode(['It rained.']);
 * nearestVectors(vectors, data, 5).map(({ row }) => sentences[row]);
 */
export function nearestVectors({ shape, data }: HostArray, query: ArrayLike<number>, count: number): Neighbour[] {
  const [rows = 0, width = 0] = shape;
  const all = Array.from({ length: rows }, (_, row): Neighbour => {
    return { row, similarity: cosineSimilarity(query, data.subarray(row * width, (row + 1) * width)) };
  });
  return all.sort((left, right) => right.similarity - left.similarity).slice(0, count);
}
