import { createRandom, type Engine } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCorpus } from '../data/corpus.js';
import { linearClassifier } from './frame-classifiers.js';
import { runFrameProbe } from './frame-probe.js';
import { buildFrameTable, poolRecordings } from './frame-table.js';

import { type ProbeSplits, speakerDisjointSplits, withinSpeakerSplit } from './splits.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

const recordingsOf = (perSpeaker: Readonly<Record<string, number>>) =>
  createMemoryCorpus(
    Object.entries(perSpeaker).flatMap(([speaker, count]) =>
      Array.from({ length: count }, (_, index) => ({
        id: `${speaker}-${index}`,
        speaker,
        samples: new Float32Array(1600),
      })),
    ),
    { name: 'test' },
  );

/** Recordings of `frames` frames; the first feature is the class plus noise, the second noise only. */
function table(recordings: number, frames: number, noise: number) {
  const random = createRandom(1);
  return buildFrameTable(
    Array.from({ length: recordings }, (_, recording) => {
      const labels = Int32Array.from({ length: frames }, () => random.integer(3));
      const data = Float32Array.from(
        { length: frames * 2 },
        (_, index) => (index % 2 === 0 ? (labels[index / 2] ?? 0) : 0) + noise * random.normal(),
      );
      return { recording, features: { shape: [frames, 2], data }, labels };
    }),
  );
}

describe('buildFrameTable', () => {
  it('leaves out frames labelled -1 and frames behind the last label, keeping each row with its own label', () => {
    const features = { shape: [4, 2], data: Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31) };
    const built = buildFrameTable([{ recording: 5, features, labels: Int32Array.of(2, -1, 1) }]);
    expect([...built.features.data]).toEqual([0, 1, 20, 21]);
    expect([...built.labels]).toEqual([2, 1]);
    expect([...built.recordings]).toEqual([5, 5]);
  });
});

describe('poolRecordings', () => {
  it('takes the mean of each recording: 2 examples of 3 and 1 frames, in order of appearance', () => {
    const pooled = poolRecordings({
      features: { shape: [4, 2], data: Float32Array.of(1, 10, 2, 20, 6, 60, 5, 7) },
      labels: Int32Array.of(1, 1, 1, 0),
      recordings: Int32Array.of(9, 9, 9, 4),
    });
    expect(pooled.features).toEqual({ shape: [2, 2], data: Float32Array.of(3, 30, 5, 7) });
    expect([...pooled.labels]).toEqual([1, 0]);
    expect([...pooled.recordings]).toEqual([9, 4]);
  });

  it('adds 1e5 frames of 0.1 up to a mean of 0.1 within 1e-7', () => {
    const rows = 100_000;
    const { features } = poolRecordings({
      features: { shape: [rows, 1], data: new Float32Array(rows).fill(0.1) },
      labels: new Int32Array(rows),
      recordings: new Int32Array(rows),
    });
    expect(Math.abs((features.data[0] ?? 0) - 0.1)).toBeLessThan(1e-7);
  });
});

describe('runFrameProbe', () => {
  const splits = (rows: { recordings: Int32Array }) => [
    {
      isTrain: (row: number) => (rows.recordings[row] ?? 0) % 2 === 0,
      isTest: (row: number) => (rows.recordings[row] ?? 0) % 2 === 1,
    },
  ];

  it('reads classes that a feature shows without noise: accuracy above 0.99, confusion on the diagonal', async () => {
    const rows = table(8, 50, 0.05);
    const result = await runFrameProbe({
      table: rows,
      classes: 3,
      splits: splits(rows),
      classifier: linearClassifier({ engine }),
      random: createRandom(1),
    });
    expect(result.accuracy).toBeGreaterThan(0.99);
    expect(result.counts).toEqual({ train: 200, test: 200 });
    const diagonal = [0, 1, 2].reduce((sum, label) => sum + (result.confusion?.[label]?.[label] ?? 0), 0);
    expect(diagonal / 200).toBeCloseTo(result.accuracy, 10);
  });

  it('pools each side by itself: of a recording cut in 2, one example is fitted and one scored', async () => {
    const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const rows = {
      features: { shape: [8, 1], data: Float32Array.of(-3, 1, -9, 5, 3, -1, 9, -5) }, // means -1, -2 and 1, 2
      labels,
      recordings: labels,
    };
    const halves = [{ isTrain: (row: number) => row % 4 < 2, isTest: (row: number) => row % 4 >= 2 }];
    const options = { table: rows, classes: 2, splits: halves, random: createRandom(1) };
    const classifier = linearClassifier({ engine });
    expect(await runFrameProbe({ ...options, classifier, pooled: true })).toMatchObject({
      accuracy: 1,
      counts: { train: 2, test: 2 },
    });
    expect(await runFrameProbe({ ...options, classifier })).toMatchObject({
      accuracy: 0.5,
      counts: { train: 4, test: 4 },
    });
  });

  it('finds nothing where there is nothing: 1 in 3 within its own 95 % interval, for pure noise', async () => {
    const rows = table(40, 50, 1000);
    const { accuracy, confidence } = await runFrameProbe({
      table: rows,
      classes: 3,
      splits: splits(rows),
      classifier: linearClassifier({ engine }),
      random: createRandom(1),
    });
    expect(confidence.low).toBeLessThan(1 / 3);
    expect(confidence.high).toBeGreaterThan(1 / 3 - 0.02);
    expect(accuracy).toBeLessThan(0.4);
  });
});

function only({ splits, description }: ProbeSplits) {
  const [split, ...others] = splits;
  if (split === undefined || others.length > 0) throw new Error(`${splits.length} splits`);
  return { split, description };
}

describe('splits', () => {
  it('holds out every speaker once over 4 folds, and never has one on both sides', () => {
    const corpus = recordingsOf({ a: 2, b: 2, c: 2, d: 2 });
    const rows = table(8, 3, 1);
    const { splits: folds, description } = speakerDisjointSplits(corpus, rows, 4, createRandom(1));
    const speakerOf = (row: number) => corpus.recordings[rows.recordings[row] ?? 0]?.speaker;
    const held: unknown[] = [];
    for (const { isTrain, isTest } of folds) {
      const all = [...rows.labels.keys()];
      const test = new Set(all.filter(isTest).map(speakerOf));
      held.push(...test);
      expect(all.filter(isTrain).some((row) => test.has(speakerOf(row)))).toBe(false);
    }
    expect(held.sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(description).toBe('4 folds, no speaker on both sides');
  });

  it('cuts a speaker’s only recording in time, with 50 frames between both sides', () => {
    const corpus = recordingsOf({ a: 1, b: 1 });
    const rows = table(2, 400, 1);
    const { split, description } = only(withinSpeakerSplit(corpus, rows));
    const first = [...rows.labels.keys()].filter((row) => rows.recordings[row] === 0);
    expect(description).toBe(
      'each recording cut in time at 75 %, 50 frames left out: train and test share the recording channel',
    );
    expect(first.filter(split.isTrain).length).toBe(250);
    expect(first.filter(split.isTest).length).toBe(100);
    expect(Math.min(...first.filter(split.isTest)) - Math.max(...first.filter(split.isTrain))).toBe(51);
  });

  it('holds out each fourth recording where a speaker has eight, and the last where it has two', () => {
    const corpus = recordingsOf({ a: 8, b: 2 });
    const rows = table(10, 3, 1);
    const { split, description } = only(withinSpeakerSplit(corpus, rows));
    const heldOut = new Set(
      [...rows.labels.keys()].filter(split.isTest).map((row) => corpus.recordings[rows.recordings[row] ?? 0]?.id),
    );
    expect(description).toBe('each fourth recording of a speaker held out, or the last of 2 or 3');
    expect([...heldOut].sort()).toEqual(['a-3', 'a-7', 'b-1']);
  });

  it('says of how many speakers the only recording is cut, where others have several', () => {
    const corpus = recordingsOf({ a: 1, b: 5, c: 1 });
    expect(withinSpeakerSplit(corpus, table(7, 3, 1)).description).toBe(
      'each fourth recording of a speaker held out, or the last of 2 or 3; the only recording of 2 speakers cut in time at ' +
        '75 %, 50 frames left out: train and test share the recording channel',
    );
  });

  it('refuses phones of a single speaker', () => {
    expect(() => speakerDisjointSplits(recordingsOf({ a: 3 }), table(3, 2, 1), 4, createRandom(1))).toThrow(
      /at least 2 speakers/,
    );
  });
});
