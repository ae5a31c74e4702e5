import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { patchNegatives } from './negatives.js';
import { negativeSources } from './presets.js';

const columns = 3;
const layout = { sequences: 4 * columns, positions: 3 }; // 4 images of 9 patches

/** Which image a row of the latents belongs to. */
const imageOf = (row: number) => Math.floor(row / 9);

describe('patchNegatives', () => {
  it('of the own image are 5 different patches of it, of any column, in a group per image', () => {
    const negatives = patchNegatives('own-image', 5, columns);
    expect(negatives.groups(layout)).toBe(4);
    const columnsSeen = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const rows = [...negatives.draw(layout, createRandom(seed))];
      for (let image = 0; image < 4; image++) {
        const own = rows.slice(image * 5, (image + 1) * 5);
        expect(new Set(own).size).toBe(5);
        expect(own.map(imageOf)).toEqual([image, image, image, image, image]);
        for (const row of own) columnsSeen.add(Math.floor((row % 9) / 3));
      }
    }
    expect(columnsSeen.size).toBe(3);
  });

  it('of other images hold none of the own', () => {
    const rows = [...patchNegatives('other-images', 27, columns).draw(layout, createRandom(1))];
    for (const [at, row] of rows.entries()) expect(imageOf(row)).not.toBe(Math.floor(at / 27));
    expect(new Set(rows.slice(0, 27)).size).toBe(27);
  });

  it('of both are half and half; of the batch they are shared by all', () => {
    const halves = [...patchNegatives('own-and-other-images', 8, columns).draw(layout, createRandom(1))];
    for (let image = 0; image < 4; image++)
      expect(halves.slice(image * 8, (image + 1) * 8).filter((row) => imageOf(row) === image)).toHaveLength(4);
    const batch = patchNegatives('batch', 36, columns);
    expect(batch.groups(layout)).toBe(1);
    expect([...batch.draw(layout, createRandom(1))].sort((left, right) => left - right)).toEqual([...Array(36).keys()]);
  });

  it('say where they come from, and refuse 10 patches of an image of 9', () => {
    expect(negativeSources.map((source) => patchNegatives(source, 8, columns).name)).toEqual([
      'batch(8)',
      'own-image(8)',
      'other-images(8)',
      'own-and-other-images(8)',
    ]);
    expect(() => patchNegatives('own-image', 10, columns).draw(layout, createRandom(1))).toThrow(
      /at most 9 candidates/,
    );
  });
});
