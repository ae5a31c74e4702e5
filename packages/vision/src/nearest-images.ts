/** Which vectors are most like the first of them: cosine similarity. */
import type { HostArray } from '@cpc/core';

export interface NearestImage {
  /** Row of the vectors; never 0, the one that was asked about. */
  readonly row: number;
  /** From -1 to 1; 0 where one of the two is all zero. */
  readonly similarity: number;
}

/**
 * The most similar first; of equally similar ones the earlier.
 *
 * @param vectors - `[M, F]`; row 0 is what is asked about.
 * @param count - how many at most.
 *
 * @example
 * nearestImages({ shape: [3, 2], data: Float32Array.of(1, 0, 0, 1, 2, 0) }, 1); // [{ row: 2, similarity: 1 }]
 */
export function nearestImages({ shape, data }: HostArray, count: number): NearestImage[] {
  const [rows = 0, width = 0] = shape;
  const dot = (one: number, other: number) => {
    let sum = 0;
    for (let at = 0; at < width; at++) sum += (data[one * width + at] ?? 0) * (data[other * width + at] ?? 0);
    return sum;
  };
  const length = (row: number) => Math.sqrt(dot(row, row)) || 1;
  const similarities = Array.from({ length: Math.max(0, rows - 1) }, (_, index): NearestImage => {
    const row = index + 1;
    return { row, similarity: dot(0, row) / (length(0) * length(row)) };
  });
  return similarities.sort((left, right) => right.similarity - left.similarity).slice(0, count);
}
