import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { noisyPicture, tinySettings } from '../test-support/tensors.js';
import { createBatchSampler } from './batch-sampler.js';
import type { ImageSet } from './image-set.js';
import { DamagedImageError } from './skipped-image.js';

/** Ten pictures, some of which cannot be decoded. */
function tenImages(damaged: readonly number[] = []): ImageSet {
  return {
    name: 'ten',
    images: Array.from({ length: 10 }, (_, index) => ({ name: `${index}.png` })),
    classes: [],
    skipped: [],
    fingerprint: 'ten',
    read: async (index) => {
      if (!damaged.includes(index)) return noisyPicture(20, index);
      throw new DamagedImageError({ where: `${index}.png`, expected: 'one whole picture', received: 'half' });
    },
  };
}

const sampler = (set: ImageSet, change: { batchSize?: number; strict?: boolean; indices?: number[] } = {}) =>
  createBatchSampler(set, {
    ...{ settings: tinySettings, batchSize: 4, strict: false, indices: [...set.images.keys()] },
    ...change,
  });

describe('createBatchSampler', () => {
  it('draws 4 different images of 10, every one about as often, and only those it may', async () => {
    const { draw } = sampler(tenImages(), { indices: [0, 2, 4, 6, 8] });
    const counts = new Map<number, number>();
    for (let seed = 0; seed < 200; seed++) {
      const { images } = await draw(createRandom(seed));
      expect(new Set(images).size).toBe(4);
      for (const image of images) counts.set(image, (counts.get(image) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 2, 4, 6, 8]);
    for (const count of counts.values()) expect(Math.abs(count - 160)).toBeLessThan(25);
  });

  it('puts others in the place of 3 damaged ones, tells each once, and depends on the stream alone', async () => {
    const damaged = [1, 3, 5];
    const first = sampler(tenImages(damaged));
    for (let seed = 0; seed < 20; seed++) await first.draw(createRandom(seed));
    expect(
      first
        .damaged()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['1.png', '3.png', '5.png']);
    const again = await sampler(tenImages(damaged)).draw(createRandom(7));
    expect(await first.draw(createRandom(7))).toEqual(again);
    expect(again.images.filter((image) => damaged.includes(image))).toEqual([]);
    expect(new Set(again.images).size).toBe(4);
  });

  it('throws at a damaged picture where strict, and where too few are left', async () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    await expect(sampler(tenImages(all), { strict: true }).draw(createRandom(1))).rejects.toThrow(/expected one whole/);
    const left = sampler(tenImages(all.slice(2))).draw(createRandom(1));
    await expect(left).rejects.toThrow(
      /4 pictures for a batch besides those that cannot be read, received 2; .*received half/,
    );
  });

  it('refuses 3 images for batches of 4', () => {
    expect(() => sampler(tenImages(), { indices: [1, 2, 3] })).toThrow(/at least 4 images.*received 3/);
  });
});
