import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { paperPreset, type VisionSettings } from '../presets.js';
import { noisyPicture, paintedPicture, tinySettings } from '../test-support/tensors.js';
import { augmentedPatches, middlePatches, patchesShape, patchOfPicture } from './augmentation.js';
import type { Picture } from './image-set.js';

const settings = { ...tinySettings, colour: 'rgb' as const };

function room(of: VisionSettings): Float32Array {
  return new Float32Array(patchesShape(of, 1).reduce((product, length) => product * length, 1));
}

function middle(picture: Picture, of: VisionSettings = settings): Float32Array {
  const patches = room(of);
  middlePatches(picture, of, patches);
  return patches;
}

function augmented(picture: Picture, of: VisionSettings, seed: number): Float32Array {
  const patches = room(of);
  augmentedPatches(picture, of, createRandom(seed), patches);
  return patches;
}

describe('middlePatches', () => {
  it('agrees with the grid cut out in plain loops, -1 for black and 1 for white, and a frame of 0', () => {
    const picture = noisyPicture(20);
    const patches = middle(picture);
    let at = 0;
    for (let column = 0; column < 3; column++)
      for (let row = 0; row < 3; row++)
        for (let y = 0; y < 8; y++)
          for (let x = 0; x < 8; x++)
            for (let channel = 0; channel < 3; channel++, at++) {
              const value = picture.data[((2 + 4 * row + y) * 20 + 2 + 4 * column + x) * 3 + channel] ?? 0;
              const isKept = y < 7 && x < 7; // 7 of 8: nothing before, 1 behind
              expect(patches[at]).toBeCloseTo(isKept ? value / 127.5 - 1 : 0, 6);
            }
    expect(at).toBe(patches.length);
  });

  it('weighs red, green and blue by 0.299, 0.587 and 0.114 for grey', () => {
    const colours = [255, 100, 20];
    const picture = paintedPicture(20, (_row, _column, channel) => colours[channel] ?? 0);
    const luma = 0.299 * 255 + 0.587 * 100 + 0.114 * 20;
    expect(middle(picture, { ...settings, colour: 'grey' })[0]).toBeCloseTo(luma / 127.5 - 1, 6);
  });

  it('leaves a frame of 2 pixels around 60 x 60 of the paper’s patches', () => {
    const patches = middle(
      paintedPicture(300, () => 255),
      paperPreset,
    ).subarray(0, 64 * 64);
    const filled = patches.filter((value) => value === 1).length;
    expect(filled).toBe(60 * 60);
    expect([patches[2 * 64 + 2], patches[2 * 64 + 1], patches[61 * 64 + 61], patches[62 * 64 + 61]]).toEqual([
      1, 0, 1, 0,
    ]);
  });

  it('refuses a picture of 19 pixels a side where 20 are wanted', () => {
    expect(() => middle(noisyPicture(19))).toThrow(/20 x 20 pixels, as resizePixels says, received 19 x 19/);
  });
});

describe('augmentedPatches', () => {
  it('is the same from the same stream, and another from another', () => {
    const picture = noisyPicture(20);
    expect(augmented(picture, tinySettings, 1)).toEqual(augmented(picture, tinySettings, 1));
    expect(augmented(picture, tinySettings, 1)).not.toEqual(augmented(picture, tinySettings, 2));
  });

  it('crops all 5 x 5 places of a picture 4 pixels larger than the grid, about as often each', () => {
    const still = { ...settings, flip: false, subcropPixels: 8 };
    const picture = paintedPicture(20, (row, column) => row * 12 + column / 2);
    const counts = new Map<number, number>();
    for (let seed = 0; seed < 1000; seed++) {
      const [first = 0] = augmented(picture, still, seed);
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    expect(counts.size).toBeGreaterThanOrEqual(13); // 5 rows, 3 values of column / 2 each: 0, 1 and 2
    expect(Math.max(...counts.values())).toBeLessThan(130); // 80 or 40 expected of each
  });

  it('mirrors half of the pictures, and none where it is told not to', () => {
    const still = { ...settings, resizePixels: 16, subcropPixels: 8 };
    const picture = paintedPicture(16, (_row, column) => column * 16);
    const isMirrored = (of: VisionSettings, seed: number) => (augmented(picture, of, seed)[0] ?? 0) > 0.5;
    const share = (of: VisionSettings) =>
      Array.from({ length: 400 }, (_, seed) => isMirrored(of, seed)).filter(Boolean).length / 400;
    expect(share({ ...still, flip: true })).toBeGreaterThan(0.42);
    expect(share({ ...still, flip: true })).toBeLessThan(0.58);
    expect(share({ ...still, flip: false })).toBe(0);
  });

  it('cuts every patch at a place of its own: of 9 patches of one gradient at least 3 begin differently', () => {
    const still = { ...settings, resizePixels: 16, flip: false, subcropPixels: 5 };
    const picture = paintedPicture(16, (row, column) => (row % 4) * 10 + (column % 4) * 50); // alike in every patch
    const patches = augmented(picture, still, 1);
    const firstKept = (1 * 8 + 1) * 3; // a frame of 1 pixel before 5 of 8
    const begins = Array.from({ length: 9 }, (_, place) => patches[place * 8 * 8 * 3 + firstKept]);
    expect(new Set(begins).size).toBeGreaterThanOrEqual(3);
  });

  it('drops two channels of about half of the patches under rgb-dropping, and none under rgb', () => {
    const white = paintedPicture(20, () => 255);
    const droppedShare = (colour: 'rgb' | 'rgb-dropping') => {
      let dropped = 0;
      for (let seed = 0; seed < 60; seed++) {
        const patches = augmented(white, { ...settings, colour }, seed);
        for (let place = 0; place < 9; place++) {
          const pixel = [...patches.subarray(place * 192, place * 192 + 3)];
          expect([1, 3]).toContain(pixel.filter((value) => value === 1).length);
          if (pixel.includes(0)) dropped += 1;
        }
      }
      return dropped / 540;
    };
    expect(droppedShare('rgb')).toBe(0);
    expect(Math.abs(droppedShare('rgb-dropping') - 0.5)).toBeLessThan(0.08);
  });
});

describe('patchOfPicture', () => {
  it('is the patch in its own bytes, to its edges', () => {
    const picture = noisyPicture(20);
    const { side, data } = patchOfPicture(picture, settings, 5); // column 1, row 2
    expect(side).toBe(8);
    expect([...data.subarray(0, 3)]).toEqual([...picture.data.subarray((10 * 20 + 6) * 3, (10 * 20 + 6) * 3 + 3)]);
  });
});
