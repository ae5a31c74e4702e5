import { createRandom } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { middlePatches, patchesShape } from './data/augmentation.js';
import type { Picture } from './data/image-set.js';
import { latentSize } from './encoder/architecture.js';
import { firstUnsharedOffset, gridPlace, imagePixels, patchCount, patchOrigin } from './geometry.js';
import { contextualise, encodePatches, initialiseVisionModel } from './model.js';
import { paperPreset, smallPreset } from './presets.js';
import { noisyPicture, tensorsOf, tinySettings } from './test-support/tensors.js';

beforeAll(() => tf.setBackend('cpu'));

describe('the grid', () => {
  it('of the paper is 7 x 7 patches of 64 pixels over 256 x 256; that of small 3 / 16 as large', () => {
    expect([imagePixels(paperPreset), patchCount(paperPreset)]).toEqual([256, 49]);
    expect([imagePixels(smallPreset), patchCount(smallPreset)]).toEqual([48, 49]);
  });

  it('has its patches column by column: the second place is one row down, the eighth one column to the right', () => {
    expect(patchOrigin(paperPreset, 1)).toEqual({ top: 32, left: 0 });
    expect(patchOrigin(paperPreset, 7)).toEqual({ top: 0, left: 32 });
    expect(gridPlace(7, 48)).toEqual({ row: 6, column: 6 });
  });

  it('first shares no pixel 2 rows down where patches overlap by half, 1 where they do not, 3 where by more than half', () => {
    expect(firstUnsharedOffset(paperPreset)).toBe(2);
    expect(firstUnsharedOffset(smallPreset)).toBe(2);
    expect(firstUnsharedOffset({ ...paperPreset, patchStride: 64 })).toBe(1);
    expect(firstUnsharedOffset({ ...paperPreset, patchStride: 31 })).toBe(3);
  });
});

describe('what a context of row r can know of the patches below', () => {
  const settings = { ...tinySettings, resizePixels: 24, gridSize: 4, subcropPixels: 8, colour: 'rgb' as const };
  const { gridSize, patchPixels, patchStride, contextUnits } = settings;
  const parameters = () => tensorsOf(initialiseVisionModel(settings, createRandom(1)));

  /** Latents `[column, row, D]` and contexts of a picture. */
  function seen(picture: Picture) {
    const shape = patchesShape(settings, 1);
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
    middlePatches(picture, settings, data);
    const tree = parameters();
    const latents = encodePatches(settings, tree, tf.tensor4d(data, [shape[0] ?? 0, patchPixels, patchPixels, 3]));
    const grid = tf.reshape(latents, [gridSize, gridSize, latentSize(settings)]) as tf.Tensor3D;
    return { latents: grid, contexts: contextualise(settings, tree, grid) };
  }

  /** Largest change of row `row` of all columns. */
  function changeOf(before: tf.Tensor3D, after: tf.Tensor3D, row: number): number {
    const rowOf = (tensor: tf.Tensor3D) => tf.slice(tensor, [0, row, 0], [-1, 1, -1]);
    return tf.max(tf.abs(tf.sub(rowOf(before), rowOf(after)))).dataSync()[0] ?? Number.NaN;
  }

  /** The picture with all pixel rows from `first` on changed. */
  function changedFrom(picture: Picture, first: number): Picture {
    const data = picture.data.map((value, at) => (at >= first * picture.side * 3 ? 255 - value : value));
    return { side: picture.side, data };
  }

  it.each(['masked-convolutions', 'row-gru'] as const)(
    'is nothing of those 2 rows below, by %s: all their pixels changed, its numbers stay to the last bit',
    (context) => {
      const [margin, row] = [2, 1]; // pixels cut off above; row r
      const picture = noisyPicture(settings.resizePixels);
      const other = changedFrom(picture, margin + (row + 2) * patchStride);
      const model = { ...settings, context };
      const tree = tensorsOf(initialiseVisionModel(model, createRandom(1)));
      const [before, after] = [seen(picture), seen(other)];
      const contextsOf = (latents: tf.Tensor3D) => contextualise(model, tree, latents);
      const [old, new_] = [contextsOf(before.latents), contextsOf(after.latents)];
      expect(old.shape).toEqual([gridSize, gridSize, contextUnits]);
      expect(changeOf(before.latents, after.latents, row + 2)).toBeGreaterThan(0);
      expect(changeOf(old, new_, row)).toBe(0);
      expect(changeOf(old, new_, row + 2)).toBeGreaterThan(0);
    },
  );

  it('is half of those 1 row below: the pixels that both share change the context and the patch alike', () => {
    const [margin, row] = [2, 1];
    const picture = noisyPicture(settings.resizePixels);
    const sharedFrom = margin + (row + 1) * patchStride;
    const isShared = (at: number) => {
      const pixelRow = Math.floor(at / (picture.side * 3));
      return pixelRow >= sharedFrom && pixelRow < sharedFrom + patchPixels - patchStride;
    };
    const other = { side: picture.side, data: picture.data.map((value, at) => (isShared(at) ? 255 - value : value)) };
    const [before, after] = [seen(picture), seen(other)];
    expect(changeOf(before.contexts, after.contexts, row)).toBeGreaterThan(0);
    expect(changeOf(before.latents, after.latents, row + 1)).toBeGreaterThan(0);
  });
});

describe('the presets', () => {
  it('predict rows 2 to 5 below: the first is the nearest that shares no pixel', () => {
    for (const preset of [paperPreset, smallPreset]) {
      expect(preset.firstOffset).toBe(firstUnsharedOffset(preset));
      expect(preset.lastOffset).toBe(5);
    }
  });
});
