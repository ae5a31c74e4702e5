import { describe, expect, it } from 'vitest';
import { cosineSimilarity, nearestVectors } from './neighbours.js';

describe('cosineSimilarity', () => {
  it('is 1 along, 0 across, -1 against, whatever the lengths, and 0 to a vector of zeros', () => {
    const pairs = [
      [
        [3, 4],
        [6, 8],
      ],
      [
        [1, 0],
        [0, 5],
      ],
      [
        [1, 2],
        [-2, -4],
      ],
      [
        [1, 2],
        [0, 0],
      ],
    ] as const;
    expect(pairs.map(([one, other]) => cosineSimilarity(one, other))).toEqual([1, 0, -1, 0]);
  });

  it('refuses vectors of 2 and 3 numbers', () => {
    expect(() => cosineSimilarity([1, 2], [1, 2, 3])).toThrow(/a vector of 2 numbers.*received 3/);
  });
});

it('nearestVectors gives the 2 most similar of 4 rows, the earlier of equal ones first', () => {
  const vectors = { shape: [4, 2], data: Float32Array.of(0, 1, 1, 1, 2, 0, 5, 0) };
  expect(nearestVectors(vectors, [1, 0], 2)).toEqual([
    { row: 2, similarity: 1 },
    { row: 3, similarity: 1 },
  ]);
  expect(nearestVectors(vectors, [1, 0], 9).map(({ row }) => row)).toEqual([2, 3, 1, 0]);
});
