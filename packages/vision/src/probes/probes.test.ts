import { createRandom, type HostArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { accuracy, classesOf } from '@cpc/probes';
import { describe, expect, it } from 'vitest';
import type { ImageSet } from '../data/image-set.js';
import { paintedPicture } from '../test-support/tensors.js';
import { imageClassifierNamed, imageClassifiers } from './image-classifiers.js';
import { imagePredictions } from './image-predictions.js';
import { colourAndGradientHistograms, rawPixels } from './picture-baselines.js';
import { fitBySchedule } from './schedule-probe.js';
import { labelledShare, labelsOf, splitImages } from './split.js';

/** `perClass` images of each class; the last `held` of each are held out where the set says so. */
function labelled(classes: number, perClass: number, held = 0): ImageSet {
  return {
    name: 'labelled',
    images: Array.from({ length: classes * perClass }, (_, index) => ({
      name: String(index),
      label: Math.floor(index / perClass),
      ...(held > 0 ? { side: index % perClass < perClass - held ? ('train' as const) : ('test' as const) } : {}),
    })),
    classes: Array.from({ length: classes }, (_, label) => `class ${label}`),
    skipped: [],
    fingerprint: '',
    read: () => Promise.reject(new Error('not read')),
  };
}

const drawn = { random: createRandom(1), seed: 1 };
const all = (set: ImageSet) => [...set.images.keys()];

describe('splitImages', () => {
  it('keeps the given split, and otherwise holds out a fifth of every class', () => {
    const given = labelled(2, 5, 2);
    expect(splitImages(given, all(given), drawn)).toMatchObject({ test: [3, 4, 8, 9], description: 'the given split' });
    const set = labelled(3, 10);
    const { train, test, description } = splitImages(set, all(set), drawn);
    expect([...train, ...test].sort((left, right) => left - right)).toEqual(all(set));
    for (let label = 0; label < 3; label++)
      expect([...labelsOf(set, test)].filter((own) => own === label)).toHaveLength(2);
    expect(description).toContain('one image in 5 of every class held out, seed 1');
  });

  it('leaves out images that cannot be used, and refuses one class and no class', () => {
    const set = labelled(2, 10);
    const { train, test } = splitImages(set, all(set).slice(2), drawn);
    expect([...train, ...test]).not.toContain(0);
    const one = labelled(1, 10);
    expect(() => splitImages(one, all(one), drawn)).toThrow(/at least 2 classes.*received the class class 0 alone/);
    expect(() => splitImages({ ...one, classes: [] }, all(one), drawn)).toThrow(/received images without classes/);
    expect(() => splitImages(set, all(set).slice(0, 10), drawn)).toThrow(/received 1 classes to learn from/);
  });
});

describe('labelsOf', () => {
  it('refuses class 2 of 2, and an image beyond the last: neither becomes class 0', () => {
    const set = labelled(2, 3);
    const more = { ...set, images: [...set.images, { name: 'stray', label: 2 }] };
    expect(() => labelsOf(more, [0, 6])).toThrow(/labelled: expected a class from 0 to 1, received 2/);
    expect(() => labelsOf(set, [6])).toThrow(/an image with a class, received 6/);
  });
});

describe('labelledShare', () => {
  it('keeps 10 % of every class, at least 1 image, and all at 1', () => {
    const set = labelled(2, 30);
    const kept = labelledShare(set, all(set), 0.1, createRandom(1));
    expect([...labelsOf(set, kept)].sort()).toEqual([0, 0, 0, 1, 1, 1]);
    expect(labelledShare(set, all(set), 0.001, createRandom(1))).toHaveLength(2);
    expect(labelledShare(set, all(set), 1, createRandom(1))).toEqual(all(set));
    expect(labelledShare(set, all(set), 0.1, createRandom(2))).not.toEqual(kept);
  });
});

/** Three classes around three places of the plane, far from the origin and on different scales. */
function clouds(perClass: number, seed: number): { features: HostArray; labels: Int32Array } {
  const random = createRandom(seed);
  const places = [
    [1000, 0.01],
    [1010, 0.03],
    [1020, 0.01],
  ];
  const labels = Int32Array.from({ length: 3 * perClass }, (_, at) => at % 3);
  const data = Float32Array.from({ length: 6 * perClass }, (_, at) => {
    const [across = 0, up = 0] = places[Math.floor(at / 2) % 3] ?? [];
    return at % 2 === 0 ? across + random.normal() : up + 0.002 * random.normal();
  });
  return { features: { shape: [3 * perClass, 2], data }, labels };
}

describe('classifiers', () => {
  it.each(imageClassifiers)('%s tells 3 clouds apart that it never saw: above 95 %%', async (name) => {
    const engine = await createEngine({ name: 'onnx', threads: 1 });
    const training = { ...clouds(40, 1), classes: 3, engine, random: createRandom(1) };
    const fitted = await imageClassifierNamed(name)?.(training);
    const asked = clouds(30, 2);
    const scores = await fitted?.scores(asked.features);
    expect(scores?.shape).toEqual([90, 3]);
    expect(accuracy(classesOf(scores ?? { shape: [0, 0], data: new Float32Array(0) }), asked.labels)).toBeGreaterThan(
      0.95,
    );
  });

  it('by the paper’s schedule is the same from the same stream, and refuses a share of 0', async () => {
    const engine = await createEngine({ name: 'onnx', threads: 1 });
    const training = () => ({ ...clouds(10, 1), classes: 3, engine, random: createRandom(1) });
    const scores = async () => (await fitBySchedule(training(), { stepShare: 0.001 })).scores(clouds(2, 3).features);
    expect(await scores()).toEqual(await scores());
    await expect(fitBySchedule(training(), { stepShare: 0 })).rejects.toThrow(/above 0, received 0/);
  });

  it('are linear, sgd and neighbours, and no other', () => {
    expect(imageClassifiers).toEqual(['linear', 'sgd', 'neighbours']);
    expect(imageClassifierNamed('forest')).toBeUndefined();
  });
});

describe('baselines of pictures', () => {
  it('raw pixels are means of cells: a quarter white, 32 x 32 cells of 3 colours', () => {
    const pixels = rawPixels(paintedPicture(64, (row, column) => (row < 32 && column < 32 ? 255 : 0)));
    expect(pixels).toHaveLength(32 * 32 * 3);
    expect([pixels[0], pixels[15 * 3], pixels[16 * 3], pixels[16 * 32 * 3]]).toEqual([1, 1, 0, 0]);
    expect(rawPixels(paintedPicture(64, (_row, column) => (column % 2) * 255))[0]).toBeCloseTo(0.5, 6);
    expect(rawPixels(paintedPicture(20, () => 51))).toEqual(new Float32Array(20 * 20 * 3).fill(0.2));
  });

  it('colours of half black and half white stand in 2 of 64 bins, as the root of a half', () => {
    const histogram = colourAndGradientHistograms(paintedPicture(16, (row) => (row < 8 ? 0 : 255)));
    expect(histogram).toHaveLength(64 + 16 * 9);
    expect(histogram[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(histogram[63]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(histogram.subarray(1, 63).every((value) => value === 0)).toBe(true);
  });

  it('upright edges fall into the first of 9 directions, level ones into the fifth, whichever side is lighter', () => {
    const strongest = (value: (row: number, column: number) => number) => {
      const cell = colourAndGradientHistograms(paintedPicture(16, value)).subarray(64, 73);
      return [...cell].indexOf(Math.max(...cell));
    };
    expect(strongest((_, column) => (column < 2 ? 0 : 255))).toBe(0);
    expect(strongest((_, column) => (column < 2 ? 255 : 0))).toBe(0);
    expect(strongest((row) => (row < 2 ? 0 : 255))).toBe(4);
  });
});

describe('predictions of images', () => {
  it('are the classes that score highest, each of 4 images by itself', () => {
    const scores = { shape: [4, 2], data: Float32Array.of(1, 0, 1, 0, 0, 1, 1, 0) };
    const predictions = imagePredictions(scores, Int32Array.of(0, 0, 1, 1), { trainCount: 9 });
    expect(predictions).toMatchObject({ trainCount: 9, scores, clusters: [0, 1, 2, 3] });
    expect([...predictions.predicted]).toEqual([0, 0, 1, 0]);
  });
});
