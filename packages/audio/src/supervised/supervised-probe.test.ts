import { createRandom, type Engine } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallPreset } from '../presets.js';
import type { ProbeSplit } from '../probes/splits.js';
import { createBuiltInSpeech } from '../synthesis/built-in-speech.js';
import { frameAt, frameNumbers, type LabelledSpeech } from './labelled-frames.js';
import { type SupervisedEvent, type SupervisedProbeOptions, superviseSplits } from './supervised-probe.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

const settings = { ...smallPreset, channels: 8, contextUnits: 6, windowSamples: 3200 };

/** 6 speakers, 2 recordings of 50 frames each; the class is the number of the recording modulo 3. */
const corpus = createBuiltInSpeech({ seed: 2, speakers: 6, utterancesPerSpeaker: 2, secondsPerUtterance: 0.5 });
const speech: LabelledSpeech = {
  corpus,
  recordings: [...corpus.recordings.keys()],
  classes: 3,
  labelsOf: (recording, frames) => new Int32Array(frames).fill(recording % 3),
};
const table = frameNumbers(speech, 160);
const recordingOf = (row: number) => table.recordings[row] ?? 0;

/** 5 speakers against 1, and 2 against 3: the last is on neither side. */
const splits: ProbeSplit[] = [
  { isTrain: (row) => recordingOf(row) >= 2, isTest: (row) => recordingOf(row) < 2 },
  { isTrain: (row) => recordingOf(row) < 4, isTest: (row) => recordingOf(row) >= 4 && recordingOf(row) < 10 },
];

const limits = { learningRate: 1e-3, batchSize: 2, leastRoundUpdates: 2, maxRounds: 1, patience: 1 };

async function supervised(change: Partial<SupervisedProbeOptions> = {}): Promise<SupervisedEvent[]> {
  const options = { speech, table, splits, settings, seed: 4, engine, random: createRandom(1), limits };
  const events: SupervisedEvent[] = [];
  for await (const event of superviseSplits({ ...options, ...change })) events.push(event);
  return events;
}

const ends = (events: readonly SupervisedEvent[]) =>
  events.flatMap((event) => (event.type === 'split-end' ? [event] : []));
const groupOf = (recording: number) => corpus.recordings[recording]?.speaker ?? '';

describe('superviseSplits', () => {
  it('trains 2 networks in turn, and predicts the 100 and the 300 held-out frames with their labels', async () => {
    const found = ends(await supervised({ groupOf }));
    expect(found.map(({ split, ofSplits }) => [split, ofSplits])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    for (const [index, { predictions }] of found.entries()) {
      const rows = Array.from(table.labels.keys()).filter((row) => splits[index]?.isTest(row));
      expect(Array.from(predictions.clusters)).toEqual(rows.map((row) => groupOf(recordingOf(row))));
      expect([...predictions.labels]).toEqual(rows.map((row) => recordingOf(row) % 3));
      expect(predictions.predicted).toHaveLength([100, 300][index] ?? 0);
    }
  });

  it('keeps whole speakers to stop by, a tenth at least: both recordings of 1 out of 5, and of 1 out of 2; 1 recording of 10 where speakers do not count', async () => {
    const countsOf = async (change: Partial<SupervisedProbeOptions>) =>
      ends(await supervised(change)).map(({ predictions }) => [predictions.trainCount, predictions.validationCount]);
    expect(await countsOf({ groupOf })).toEqual([
      [400, 100],
      [100, 100],
    ]);
    expect(await countsOf({})).toEqual([
      [450, 50],
      [150, 50],
    ]);
  });

  it('hears windows of 8 recordings fitted alone, the 2 to stop by up to their end, the 2 held out once at last', async () => {
    const reads = await readsOf((row) => recordingOf(row) < 2);
    const [windows, others] = [reads.slice(0, 120), reads.slice(120)];
    expect(windows.every(({ count }) => count === 3200)).toBe(true);
    const fitted = new Set(windows.map(({ index }) => index));
    expect(fitted.size).toBe(8);
    expect(others.map(({ count }) => count)).toEqual([8000, 8000, undefined, undefined]);
    expect(others.slice(2).map(({ index }) => index)).toEqual([0, 1]);
    expect([...fitted, ...others.map(({ index }) => index)].sort((a, b) => a - b)).toEqual([...speech.recordings]);
  });

  it('hears frames 0 to 19 and 30 to 49 of 2 recordings whose frames 20 to 29 are held out', async () => {
    const isTest = (row: number) => recordingOf(row) >= 10 && frameAt(table, row) >= 20 && frameAt(table, row) < 30;
    const reads = await readsOf(isTest);
    expect(reads.slice(120, 122).map(({ index }) => index < 10)).toEqual([true, true]); // others stop it
    const cut = reads.slice(0, 120).filter(({ index }) => index >= 10);
    expect(new Set(cut.map(({ start, count }) => `${start} ${count}`))).toEqual(new Set(['0 3200', '4800 3200']));
  });

  it('is the same for the same stream, another for another', async () => {
    const [first, again, other] = [
      await supervised({ groupOf }),
      await supervised({ groupOf }),
      await supervised({ groupOf, random: createRandom(2) }),
    ];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('refuses a training side of 1 speaker with 1 recording of half a second: nothing is left to stop by', async () => {
    const single = {
      isTrain: (row: number) => recordingOf(row) === 0,
      isTest: (row: number) => recordingOf(row) === 1,
    };
    await expect(supervised({ groupOf, splits: [single] })).rejects.toThrow(/at least 2 groups, .*received 1/);
  });
});

/** What is read where all but `isTest` is fitted, in 60 updates of 2 windows and 1 look. */
async function readsOf(isTest: (row: number) => boolean) {
  const reads: { readonly index: number; readonly start: number; readonly count: number | undefined }[] = [];
  const read = (index: number, start = 0, count?: number) => {
    reads.push({ index, start, count });
    return corpus.read(index, start, count);
  };
  const splits = [{ isTrain: (row: number) => !isTest(row), isTest }];
  const rounds = { ...limits, leastRoundUpdates: 60 };
  await supervised({ groupOf, speech: { ...speech, corpus: { ...corpus, read } }, splits, limits: rounds });
  return reads;
}
