import { createRandom, type Engine, flatten } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { accuracy } from '@cpc/probes';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SpeechCorpus } from '../data/corpus.js';
import { smallPreset } from '../presets.js';
import { selectRows } from '../probes/frame-table.js';
import { createBuiltInSpeech } from '../synthesis/built-in-speech.js';
import { frameAt, frameNumbers, type LabelledSpeech } from './labelled-frames.js';
import { classifyFrames, initialiseSupervised } from './supervised-network.js';
import {
  type SupervisedEnd,
  type SupervisedLimits,
  type SupervisedTraining,
  type SupervisedUpdate,
  trainSupervised,
} from './train-supervised.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

const settings = { ...smallPreset, channels: 16, contextUnits: 16, windowSamples: 4800 };

/** 6 speakers, 4 recordings of 200 frames each; every frame has its phone, of 26. */
const corpus = createBuiltInSpeech({ seed: 3, speakers: 6, utterancesPerSpeaker: 4, secondsPerUtterance: 2 });
const phones = corpus.labels();
const speech: LabelledSpeech = {
  corpus,
  recordings: [...corpus.recordings.keys()],
  classes: phones.classNames.length,
  labelsOf: (recording) => phones.byRecording[recording] ?? new Int32Array(0),
};
const table = frameNumbers(speech, 160);

/** The first 4 speakers are fitted, the fifth stops, the sixth is held out. */
const speakerOf = (row: number) => Math.floor((table.recordings[row] ?? 0) / 4);
const sides = {
  isFitted: (row: number) => speakerOf(row) < 4,
  isValidation: (row: number) => speakerOf(row) === 4,
  isHeldOut: (row: number) => speakerOf(row) === 5,
};

/** A pass over 3,200 frames is 27 updates of 4 windows of 30. */
const limits: SupervisedLimits = { learningRate: 1e-2, batchSize: 4, leastRoundUpdates: 20, maxRounds: 8, patience: 8 };

async function trained(
  of: Partial<SupervisedLimits> = {},
  change: Partial<SupervisedTraining> = {},
): Promise<{ updates: SupervisedUpdate[]; end: SupervisedEnd }> {
  const updates: SupervisedUpdate[] = [];
  const training = { speech, table, ...sides, settings, seed: 5, engine, random: createRandom(1) };
  for await (const event of trainSupervised({ ...training, ...change, limits: { ...limits, ...of } })) {
    if (event.type === 'trained') return { updates, end: event };
    updates.push(event);
  }
  throw new Error('the training said nothing of its end');
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('trainSupervised', () => {
  let whole: Awaited<ReturnType<typeof trained>>;
  beforeAll(async () => {
    whole = await trained();
  });

  it('makes 8 rounds of 27 updates, says how many of how many, and the validation accuracy from the second round on', () => {
    const { updates, end } = whole;
    expect(end.rounds).toBe(8);
    expect(updates.map((update) => update.updates)).toEqual(Array.from({ length: 216 }, (_, index) => index + 1));
    expect(new Set(updates.map(({ ofUpdates }) => ofUpdates))).toEqual(new Set([216]));
    expect(updates.findIndex(({ validationAccuracy }) => validationAccuracy !== undefined)).toBe(27);
    expect(Math.max(...updates.map(({ validationAccuracy = 0 }) => validationAccuracy))).toBeLessThanOrEqual(
      end.validationAccuracy,
    );
  });

  it('takes the loss from ln 26 or more to below 1.8 nats, and 40 % of an unheard speaker’s frames are right; the most frequent phone has less than 31 %', () => {
    const { updates, end } = whole;
    const losses = updates.map(({ lossNats }) => lossNats);
    expect(losses[0]).toBeGreaterThan(Math.log(26) - 0.2);
    expect(mean(losses.slice(-27))).toBeLessThan(1.8);
    const counts = new Map<number, number>();
    for (const [row, label] of table.labels.entries())
      if (sides.isValidation(row)) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect(Math.max(...counts.values()) / 800).toBeLessThan(0.31);
    expect(end.validationAccuracy).toBeGreaterThan(0.4);
  });

  it('gives the parameters of its best look, not of its last: those of a training that ends there, to the last bit', async () => {
    const long = await trained({ patience: 1, maxRounds: 40 }); // ends with the first look that is no better
    const { bestRound } = long.end;
    expect(bestRound).toBe(long.end.rounds - 1);
    const shorter = await trained({ maxRounds: bestRound });
    expect(shorter.end).toEqual({ ...long.end, rounds: bestRound });
    expect(shorter.updates.map(({ lossNats }) => lossNats)).toEqual(
      long.updates.slice(0, bestRound * 27).map(({ lossNats }) => lossNats),
    );
  });

  it('says the validation accuracy of the parameters it gives: asked again, they have it', async () => {
    const { parameters, validationAccuracy } = whole.end;
    const held = selectRows(table, sides.isValidation);
    const read = (recording: number) => corpus.read(recording);
    const predicted = await classifyFrames({ read, table: held, settings, parameters, engine });
    expect(accuracy(predicted, held.labels)).toBe(validationAccuracy);
  });

  it('ends no sooner than after 5 looks if told so, although the patience of 2 ended with the third', async () => {
    const { updates, end } = await trained({ learningRate: 1e-12, leastRounds: 5, patience: 2 });
    expect([end.bestRound, end.rounds, updates.length]).toEqual([1, 5, 5 * 27]);
  });

  it('ends 2 looks after the best with a patience of 2; equal looks count as no better', async () => {
    const { updates, end } = await trained({ learningRate: 1e-12, patience: 2 }); // nothing changes
    expect([end.bestRound, end.rounds, updates.length]).toEqual([1, 3, 81]);
    expect(updates.at(-1)?.ofUpdates).toBe(216);
  });

  it('makes 40 updates a round where that is more than a pass', async () => {
    const { updates } = await trained({ leastRoundUpdates: 40, maxRounds: 1 });
    expect(updates).toHaveLength(40);
  });

  it('is the same for the same seeds, another for another seed of the windows or of the first parameters', async () => {
    const once = { maxRounds: 1 };
    const [first, again, windows, start] = [
      await trained(once),
      await trained(once),
      await trained(once, { random: createRandom(2) }),
      await trained(once, { seed: 6 }),
    ];
    expect(again).toEqual(first);
    expect(windows.end.parameters).not.toEqual(first.end.parameters);
    expect(start.updates[0]?.lossNats).not.toBe(first.updates[0]?.lossNats);
  });

  it('begins with the network of `initialiseSupervised`: at a rate of 1e-12 its parameters are still those, to 1e-9', async () => {
    const { end } = await trained({ learningRate: 1e-12, maxRounds: 1 });
    const start = flatten(initialiseSupervised(settings, { classes: 26, seed: 5 }));
    for (const [path, { data }] of Object.entries(flatten(end.parameters)))
      for (const [index, value] of data.entries())
        expect(Math.abs(value - (start[path]?.data[index] ?? Number.NaN)), path).toBeLessThan(1e-9);
  });

  it('reads no sample of a held-out frame: of the held-out speaker, of frames 80 to 119 amid fitted ones, from 150 on behind those to stop by', async () => {
    const amid = (row: number) => speakerOf(row) < 4 && frameAt(table, row) >= 80 && frameAt(table, row) < 120;
    const atEnd = (row: number) => speakerOf(row) === 4 && frameAt(table, row) >= 150; // of the speaker to stop by
    const isHeldOut = (row: number) => sides.isHeldOut(row) || amid(row) || atEnd(row);
    const guarded = guard(isHeldOut);
    const { end } = await trained(
      { maxRounds: 2 },
      {
        speech: { ...speech, corpus: guarded.corpus },
        isFitted: (row) => sides.isFitted(row) && !amid(row),
        isValidation: (row) => sides.isValidation(row) && !atEnd(row),
        isHeldOut,
      },
    );
    expect(end.rounds).toBe(2);
    expect(guarded.reads()).toBe(44 * 4 + 2 * 4); // 4 windows of each update, 4 recordings at each look
    await expect(guarded.corpus.read(0)).rejects.toThrow('held out');
  });

  it('ends with whoever stops reading, after 3 updates', async () => {
    const guarded = guard(() => false);
    const training = { table, ...sides, settings, seed: 5, engine, random: createRandom(1), limits };
    for await (const event of trainSupervised({ ...training, speech: { ...speech, corpus: guarded.corpus } }))
      if (event.type === 'update' && event.updates === 3) break;
    expect(guarded.reads()).toBe(12);
  });
});

/** The corpus, counting reads; one that touches a held-out frame is refused. */
function guard(isHeldOut: (row: number) => boolean): { corpus: SpeechCorpus; reads: () => number } {
  const held = new Set(
    Array.from(table.labels.keys())
      .filter(isHeldOut)
      .map((row) => `${table.recordings[row]}:${frameAt(table, row)}`),
  );
  let reads = 0;
  const read = (index: number, start = 0, count = 32_000 - start) => {
    reads += 1;
    for (let frame = Math.floor(start / 160); frame < (start + count) / 160; frame++)
      if (held.has(`${index}:${frame}`)) return Promise.reject(new Error(`frame ${frame} of ${index} is held out`));
    return corpus.read(index, start, count);
  };
  return { corpus: { ...corpus, read }, reads: () => reads };
}
