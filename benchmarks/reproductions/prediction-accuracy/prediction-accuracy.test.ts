import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryCorpus, encodeWav } from '@cpc/audio';
import { parsePredictionRecord } from '@cpc/records';
import { readMetrics, readRunRecord, runPaths, type TaskEvent } from '@cpc/runs';
import { ensureBuilt } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AblateRequest } from '../speech-runs/speech-runs.js';
import { reproduce, set, tinyAblation, writeTinySpeech } from '../test-support/tiny-ablation.js';
import { holdOutSpeakers, predictionAccuracy } from './prediction-accuracy.js';

let folder: string;
beforeAll(async () => {
  await ensureBuilt('@cpc/audio'); // threads that draw batches run built files
  folder = await mkdtemp(join(tmpdir(), 'cpc-figure-'));
  await writeTinySpeech(join(folder, 'speech'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Windows of 21 latents: one anchor each for step 20. */
const request = (out: string, windowSamples = 3360, change: Partial<AblateRequest> = {}) => {
  const { rows: _rows, ...asked } = tinyAblation(join(folder, 'speech'), join(folder, out), change);
  return { ...asked, overrides: { ...asked.overrides, windowSamples: set(windowSamples) } };
};

const recordOf = async (out: string) => {
  const path = join(folder, out, 'figure-3.json');
  return parsePredictionRecord(await readFile(path, 'utf8'), path);
};

describe('holdOutSpeakers', () => {
  const speech = (speakers: number) => ({
    corpus: createMemoryCorpus(
      Array.from({ length: 2 * speakers }, (_, index) => ({
        ...{ id: `recording ${index}`, speaker: `speaker ${String(index >> 1).padStart(2, '0')}` },
        samples: new Float32Array(160),
      })),
      { name: 'silence' },
    ),
  });
  const speakersOf = ({ corpus, recordings = [] }: ReturnType<typeof holdOutSpeakers>['training']) => [
    ...new Set(recordings.map((index) => corpus.recordings[index]?.speaker)),
  ];

  it('keeps speakers 9 and 19 of 24 from training, with all their recordings, the last 2 of 19 and of 4, and the last of 3', () => {
    const { training, heldOut } = holdOutSpeakers(speech(24));
    expect(speakersOf(heldOut)).toEqual(['speaker 09', 'speaker 19']);
    expect(heldOut.recordings).toHaveLength(4);
    expect(speakersOf(training)).toHaveLength(22);
    expect(speakersOf(training).filter((speaker) => speakersOf(heldOut).includes(speaker))).toEqual([]);
    expect(training.corpus.fingerprint).not.toBe(heldOut.corpus.fingerprint);
    expect(speakersOf(holdOutSpeakers(speech(19)).heldOut)).toEqual(['speaker 17', 'speaker 18']);
    expect(speakersOf(holdOutSpeakers(speech(4)).heldOut)).toEqual(['speaker 02', 'speaker 03']);
    expect(speakersOf(holdOutSpeakers(speech(3)).heldOut)).toEqual(['speaker 02']);
  });

  it('refuses 1 speaker', () => {
    expect(() => holdOutSpeakers(speech(1))).toThrow(/at least 2 speakers, one of them to measure on, received 1/);
  });
});

describe('ablate --figure 3', () => {
  it('trains 20 steps ahead in windows of 21 latents, stopped and resumed or not, to the same 20 accuracies', async () => {
    await reproduce(predictionAccuracy, request('whole'));
    await reproduce(predictionAccuracy, request('halves'), ({ type }: TaskEvent) => type === 'progress');
    const run = join(folder, 'halves', 'figure-3', 'seed-2');
    expect((await readRunRecord(run)).status).toBe('interrupted');
    expect((await recordOf('halves')).runs).toEqual([]);
    await reproduce(predictionAccuracy, request('halves'));
    const [whole, halves] = [await recordOf('whole'), await recordOf('halves')];
    const figures = ({ trainedSeconds: _seconds, ...rest }: (typeof whole.runs)[number]) => rest;
    expect(halves.runs.map(figures)).toEqual(whole.runs.map(figures));
    expect(whole.offsets).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(whole.rows).toHaveLength(20);
    expect(await readMetrics(run)).toHaveLength(3);
    for (const path of [runPaths(run).encoder, runPaths(run).context]) expect(existsSync(path), path).toBe(true);
  });

  it('trains on 2 speakers and measures on the 2 that were held out, in 200 windows', async () => {
    const { data } = await readRunRecord(join(folder, 'whole', 'figure-3', 'seed-2'));
    expect(data.counts).toEqual({ recordings: 2, speakers: 2 });
    const { heldOut, negatives } = await recordOf('whole');
    expect(heldOut).toEqual({ speakers: 2, recordings: 2, windows: 200 });
    expect(negatives).toEqual({ source: 'mixed-speaker', count: 20 });
  });

  it('finds a model of 3 updates between half and twice chance over all steps, which lies between 1 in 21 and 1 in 20', async () => {
    const rows = (await recordOf('whole')).rows ?? [];
    expect(rows).toHaveLength(20);
    for (const { chance } of rows) {
      expect(chance).toBeGreaterThan(1 / 21);
      expect(chance).toBeLessThan(1 / 20);
    }
    const overall = rows.reduce((sum, { mean, chance }) => sum + mean / chance / 20, 0);
    expect(overall).toBeGreaterThan(0.5);
    expect(overall).toBeLessThan(2);
  });

  it('stops amid the 100 batches of the measurement where asked to, keeps no figure, and measures anew when called again', async () => {
    const measured = (events: TaskEvent[]) =>
      events.flatMap((event) => (event.type === 'progress' && /measuring/.test(event.label) ? [event.done] : []));
    const fifth = (event: TaskEvent) => event.type === 'progress' && /measuring/.test(event.label) && event.done === 5;
    const events = await reproduce(predictionAccuracy, request('measured'), fifth);
    expect(measured(events)).toEqual([1, 2, 3, 4, 5]);
    expect(events.at(-1)?.type).toBe('progress'); // no file is told of
    expect((await recordOf('measured')).runs).toEqual([]);
    expect(measured(await reproduce(predictionAccuracy, request('measured')))).toHaveLength(99);
    expect((await recordOf('measured')).rows).toEqual((await recordOf('whole')).rows);
  });

  it('counts only those held-out recordings that windows are drawn from: 1 of 2 where the other has no room for 5', async () => {
    const uneven = join(folder, 'uneven');
    await writeTinySpeech(uneven);
    for (const id of ['1-1-0000', '4-1-0000']) {
      const samples = Float32Array.from({ length: 20_000 }, (_, n) => 0.4 * Math.sin(n / 9));
      await writeFile(join(uneven, `${id}.wav`), encodeWav({ sampleRateHz: 16_000, channels: [samples] }));
    }
    const { overrides } = request('');
    const five = { ...overrides, negatives: set('same-speaker'), batchSize: set(5) };
    await reproduce(predictionAccuracy, { ...request('same'), data: uneven, overrides: five });
    expect((await recordOf('same')).heldOut).toMatchObject({ speakers: 1, recordings: 1 });
  });

  it('writes a table and a CSV of 20 rows each, and does nothing more when called again', async () => {
    const events = await reproduce(predictionAccuracy, request('whole'));
    expect(events.map(({ type }) => type)).toEqual(['file-written', 'file-written', 'file-written']);
    const table = await readFile(join(folder, 'whole', 'figure-3.md'), 'utf8');
    expect(table.match(/^\| \d+ \| \d+\.\d \| 1 \| 4\.\d \|$/gm)).toHaveLength(20);
    const csv = (await readFile(join(folder, 'whole', 'figure-3.csv'), 'utf8')).trimEnd().split('\n');
    expect(csv[0]).toBe('steps_ahead,mean,deviation,chance,seed_2');
    expect(csv).toHaveLength(21);
  });

  it('refuses windows of 20 latents, which have no step 20, and other steps than the 3 it was begun with', async () => {
    await expect(reproduce(predictionAccuracy, request('short', 3200))).rejects.toThrow(
      /above 3200 \(the steps to predict\)/,
    );
    await expect(reproduce(predictionAccuracy, request('whole', 3360, { steps: 4 }))).rejects.toThrow(
      /steps 3.*received.*steps 4/,
    );
  });
});
