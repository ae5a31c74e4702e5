import { createRandom, type Engine, type Random } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FrameClassifier, linearClassifier, mlpClassifier, neighbourClassifier } from './frame-classifiers.js';
import { type FrameProbeOptions, predictSplits, runFrameProbe } from './frame-probe.js';
import type { FrameTable } from './frame-table.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

/** Points of a square, 10 recordings of 60; the class is whether both coordinates have the same sign: not linear. */
function checkerboard(offset: number, scale: number): FrameTable {
  const random = createRandom(3);
  const recordings = Int32Array.from({ length: 600 }, (_, row) => Math.floor(row / 60));
  const points = Float32Array.from({ length: 1200 }, () => 2 * random.uniform() - 1);
  const labels = Int32Array.from(recordings, (_, row) =>
    (points[2 * row] ?? 0) * (points[2 * row + 1] ?? 0) > 0 ? 1 : 0,
  );
  return { features: { shape: [600, 2], data: points.map((value) => scale * value + offset) }, labels, recordings };
}

/** The 420 rows of 7 recordings are fitted, the 180 of 3 others scored. */
function probeOf(classifier: FrameClassifier, table: FrameTable): FrameProbeOptions {
  const isTest = (row: number) => (table.recordings[row] ?? 0) >= 7;
  const splits = [{ isTrain: (row: number) => !isTest(row), isTest }];
  return { table, classes: 2, splits, classifier, random: createRandom(1) };
}

const accuracyOf = async (classifier: FrameClassifier, table: FrameTable) =>
  (await runFrameProbe(probeOf(classifier, table))).accuracy;

describe('classifiers on a checkerboard of 2 x 2 fields', () => {
  it('a linear one stays near 1 in 2, a hidden layer and neighbours exceed 9 in 10', async () => {
    const table = checkerboard(0, 1);
    expect(Math.abs((await accuracyOf(linearClassifier({ engine }), table)) - 0.5)).toBeLessThan(0.15);
    expect(await accuracyOf(mlpClassifier({ engine }), table)).toBeGreaterThan(0.9);
    expect(await accuracyOf(neighbourClassifier({ engine }), table)).toBeGreaterThan(0.9);
  });

  it('see features standardised: 500 off and 100 times larger costs neither a hidden layer nor neighbours 3 in 100', async () => {
    for (const classifier of [mlpClassifier({ engine }), neighbourClassifier({ engine })]) {
      const plain = await accuracyOf(classifier, checkerboard(0, 1));
      expect(Math.abs((await accuracyOf(classifier, checkerboard(500, 100))) - plain)).toBeLessThan(0.03);
    }
  });

  it('a hidden layer keeps 60 of 420 frames to stop by, one recording; the others fit all 420 and keep none', async () => {
    const table = checkerboard(0, 1);
    const countsOf = async (classifier: FrameClassifier) => (await runFrameProbe(probeOf(classifier, table))).counts;
    expect(await countsOf(mlpClassifier({ engine }))).toEqual({ train: 360, validation: 60, test: 180 });
    expect(await countsOf(linearClassifier({ engine }))).toEqual({ train: 420, test: 180 });
    expect(await countsOf(neighbourClassifier({ engine }))).toEqual({ train: 420, test: 180 });
  });

  it('a hidden layer gives the same 180 predictions for the same seed', async () => {
    const table = checkerboard(0, 1);
    const classifier = mlpClassifier({ engine, groupOf: (recording) => `speaker ${recording % 4}` });
    const predicted = async () => (await predictSplits(probeOf(classifier, table)).next()).value?.predicted;
    const first = await predicted();
    expect(first).toHaveLength(180);
    expect(await predicted()).toEqual(first);
  });
});

/** 6 speakers of 2 recordings of 40 frames; features are made from the class and from what the speaker adds to it. */
function spoken(frame: (random: Random, label: number, speaker: number) => readonly number[]): FrameTable {
  const random = createRandom(5);
  const recordings = Int32Array.from({ length: 480 }, (_, row) => Math.floor(row / 40));
  const labels = Int32Array.from(recordings, (_, row) => row % 2);
  const rows = Array.from(recordings, (recording, row) => frame(random, row % 2, recording % 6));
  const width = rows[0]?.length ?? 0;
  return { features: { shape: [480, width], data: Float32Array.from(rows.flat()) }, labels, recordings };
}

/** A faint trace of the class, and 30 features in which every speaker spells it differently. */
const overfitted = () => {
  const spelling = Array.from({ length: 6 }, (_, speaker) => createRandom(speaker + 1));
  const habits = spelling.map((random) => Array.from({ length: 30 }, () => random.normal()));
  return spoken((random, label, speaker) => {
    const sign = 2 * label - 1;
    const own = (habits[speaker] ?? []).map((habit) => sign * habit + 0.5 * random.normal());
    return [0.6 * sign + random.normal(), ...own];
  });
};

/** Every frame so many times. */
function repeated({ features, labels, recordings }: FrameTable, times: number): FrameTable {
  const [rows = 0, width = 0] = features.shape;
  const row = (index: number) => index % rows;
  const count = rows * times;
  const value = (_: unknown, entry: number) =>
    features.data[row(Math.floor(entry / width)) * width + (entry % width)] ?? 0;
  return {
    features: { shape: [count, width], data: Float32Array.from({ length: count * width }, value) },
    labels: Int32Array.from({ length: count }, (_, index) => labels[row(index)] ?? 0),
    recordings: Int32Array.from({ length: count }, (_, index) => recordings[row(index)] ?? 0),
  };
}

/** The class is the small difference of two features that are else alike: only large weights find it. */
const subtle = () =>
  spoken((random, label) => {
    const common = 10 * random.normal();
    return [common + 0.1 * (2 * label - 1), common];
  });

describe('the linear classifier', () => {
  const groupOf = (recording: number) => `speaker ${recording % 6}`;
  const probe = async (table: FrameTable, isTest: (row: number) => boolean) => {
    const splits = [{ isTrain: (row: number) => !isTest(row), isTest }];
    const classifier = linearClassifier({ engine, groupOf });
    const predictions = [];
    for await (const one of predictSplits({ table, classes: 2, splits, classifier, random: createRandom(1) }))
      predictions.push(one);
    return predictions[0];
  };
  const isOfLastTwo = (table: FrameTable) => (row: number) => (table.recordings[row] ?? 0) % 6 >= 4;

  it('takes a penalty at least 10 times stronger where speakers differ than where the class is a small difference', async () => {
    const [strong, weak] = [overfitted(), subtle()];
    const strongC = (await probe(strong, isOfLastTwo(strong)))?.inverseRegularisation ?? Number.NaN;
    const weakC = (await probe(weak, isOfLastTwo(weak)))?.inverseRegularisation ?? Number.NaN;
    expect(weakC).toBe(1);
    expect(strongC).toBeLessThanOrEqual(0.1);
  });

  it('chooses without a glance at the held-out speakers: the same where all their classes are the wrong ones', async () => {
    const table = overfitted();
    const isTest = isOfLastTwo(table);
    const swapped = { ...table, labels: table.labels.map((label, row) => (isTest(row) ? 1 - label : label)) };
    const [plain, other] = [await probe(table, isTest), await probe(swapped, isTest)];
    expect(other?.inverseRegularisation).toBe(plain?.inverseRegularisation);
    expect(other?.predicted).toEqual(plain?.predicted);
    expect(other?.labels).not.toEqual(plain?.labels);
  });

  it('finds by 8,000 of 19,200 frames that a small difference needs a weak penalty, and fits all of them', async () => {
    const table = repeated(subtle(), 60);
    const answers = await probe(table, isOfLastTwo(table));
    expect(answers?.trainCount).toBe(19_200);
    expect(answers?.inverseRegularisation).toBeGreaterThanOrEqual(0.1);
    expect(answers?.predicted).toEqual(answers?.labels);
  });

  it('divides the only recording of each of 100 classes by its own seconds, also where 67 frames of each are asked', async () => {
    const random = createRandom(9);
    const recordings = Int32Array.from({ length: 60_000 }, (_, row) => Math.floor(row / 600));
    const around = (recording: number) => (2 * Math.PI * recording) / 100; // close neighbours: only large weights tell them apart
    const points = Array.from(recordings, (one) => [Math.cos(around(one)), Math.sin(around(one))]).flat();
    const data = Float32Array.from(points, (value) => value + 0.005 * random.normal());
    const table = { features: { shape: [60_000, 2], data }, labels: recordings, recordings };
    const isTest = (row: number) => row % 600 >= 500;
    const splits = [{ isTrain: (row: number) => !isTest(row), isTest }];
    const options = { table, classes: 100, splits, classifier: linearClassifier({ engine }), random: createRandom(1) };
    expect((await predictSplits(options).next()).value?.inverseRegularisation).toBe(1);
  });

  it('takes C = 1 where its training side is a single recording that cannot be divided', async () => {
    const table = spoken((random, label) => [label + random.normal()]);
    const rows = Int32Array.of(0, 1, 40);
    const few = {
      features: { shape: [3, 1], data: Float32Array.from(rows, (row) => table.features.data[row] ?? 0) },
      labels: Int32Array.of(0, 1, 1),
      recordings: Int32Array.of(0, 0, 1),
    };
    expect((await probe(few, (row) => row === 2))?.inverseRegularisation).toBe(1);
  });
});
