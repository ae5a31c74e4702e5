import { describe, expect, it } from 'vitest';
import { collectExemplars } from './exemplars.js';
import { nearestImages } from './nearest-images.js';

/** Two patches of two features of each image. */
const latents = (values: readonly number[]) => ({ shape: [values.length / 4, 2, 2], data: Float32Array.from(values) });

describe('collectExemplars', () => {
  it('keeps the 2 most exciting patches of a feature, one an image, over parts', () => {
    const collector = collectExemplars([1], 2);
    collector.add(latents([0, 1, 0, 3, 0, 2, 0, 2.5]), [10, 11]);
    collector.add(latents([9, 2.75, 9, -1]), [12]);
    expect(collector.best()).toEqual([
      [
        { image: 10, place: 1, value: 3 },
        { image: 12, place: 0, value: 2.75 },
      ],
    ]);
  });

  it('keeps features apart, and refuses feature 2 of 2', () => {
    const collector = collectExemplars([0, 1], 1);
    collector.add(latents([5, 1, 4, 7]), [3]);
    expect(collector.best().map(([first]) => [first?.place, first?.value])).toEqual([
      [0, 5],
      [1, 7],
    ]);
    expect(() => collectExemplars([2], 1).add(latents([0, 0, 0, 0]), [0])).toThrow(/features from 0 to 1.*received 2/);
  });
});

describe('nearestImages', () => {
  it('sorts by cosine: the same direction is 1, a right angle 0, the opposite -1; of equal ones the earlier is first', () => {
    const vectors = { shape: [5, 2], data: Float32Array.of(1, 0, 0, 2, 3, 0, -1, 0, 2, 0) };
    expect(nearestImages(vectors, 4)).toEqual([
      { row: 2, similarity: 1 },
      { row: 4, similarity: 1 },
      { row: 1, similarity: 0 },
      { row: 3, similarity: -1 },
    ]);
    expect(nearestImages(vectors, 1)).toHaveLength(1);
  });

  it('is 0 to a vector of zeros', () => {
    expect(nearestImages({ shape: [2, 2], data: new Float32Array(4) }, 1)).toEqual([{ row: 1, similarity: 0 }]);
  });
});
