import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeWav } from '@cpc/audio';
import { parseAblationRecord } from '@cpc/records';
import { readMetrics, readRunRecord, type TaskEvent } from '@cpc/runs';
import { ensureBuilt } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AblateRequest } from '../speech-runs/speech-runs.js';
import { reproduce, set, tinyAblation, writeTinySpeech } from '../test-support/tiny-ablation.js';
import { ablateSpeech, plannedRuns } from './ablation.js';
import { runNameOf, table2Rows } from './table-2.js';

let folder: string;
beforeAll(async () => {
  await ensureBuilt('@cpc/audio'); // threads that draw batches run built files
  folder = await mkdtemp(join(tmpdir(), 'cpc-ablate-'));
  await writeTinySpeech(join(folder, 'speech'));
});
afterAll(() => rm(folder, { recursive: true }));

const request = (out: string, change: Partial<AblateRequest> = {}) =>
  tinyAblation(join(folder, 'speech'), join(folder, out), change);

const recordOf = async (out: string) => {
  const path = join(folder, out, 'ablation.json');
  return parseAblationRecord(await readFile(path, 'utf8'), path);
};

describe('plannedRuns', () => {
  it('makes 27 runs of the ten rows and three seeds, seed by seed: two rows are the same', () => {
    const runs = plannedRuns({ seeds: [4, 5, 6], overrides: {} });
    expect(runs.map(({ seed }) => seed)).toEqual([...Array(9).fill(4), ...Array(9).fill(5), ...Array(9).fill(6)]);
    expect(new Set(runs.map(({ row }) => runNameOf(row))).size).toBe(9);
    expect(table2Rows()).toHaveLength(10);
  });

  it('takes negatives that were set for all 5 rows of steps, and those of the preset for none', () => {
    const names = (source: 'set' | 'preset') =>
      plannedRuns({ seeds: [1], overrides: { negatives: { value: 'own-and-others', source } } }).map(({ row }) =>
        runNameOf(row),
      );
    expect(names('set').filter((name) => name.endsWith('own-and-others'))).toHaveLength(5);
    expect(names('set')).toHaveLength(10);
    expect(names('preset')).toHaveLength(9);
  });

  it('refuses a row that the table does not have, naming those it has', () => {
    expect(() => plannedRuns({ rows: ['steps-3'], seeds: [1], overrides: {} })).toThrow(
      /steps-2, steps-4.*received "steps-3"/,
    );
    expect(() => plannedRuns({ rows: [], seeds: [1], overrides: {} })).toThrow(/own-sequence, received none/);
  });
});

describe('ablateSpeech', () => {
  it('goes on where it was stopped: 2 sittings end with the figures of one', async () => {
    await reproduce(ablateSpeech, request('whole'));
    const secondRun = (event: TaskEvent) => event.type === 'progress' && /run 2 of 2.*: step/.test(event.label);
    await reproduce(ablateSpeech, request('halves'), secondRun);
    expect((await recordOf('halves')).runs).toHaveLength(1);
    const unfinished = join(folder, 'halves', 'predict-12-own-sequence', 'seed-2');
    expect((await readRunRecord(unfinished)).status).toBe('interrupted');
    await reproduce(ablateSpeech, request('halves'));
    const [whole, halves] = [await recordOf('whole'), await recordOf('halves')];
    expect(halves.runs.map(({ name, seed }) => [name, seed])).toEqual([
      ['predict-2-mixed-speaker', 2],
      ['predict-12-own-sequence', 2],
    ]);
    expect(halves.runs.map(({ result }) => result)).toEqual(whole.runs.map(({ result }) => result));
    expect(halves.runs.map(({ steps }) => steps)).toEqual([3, 3]);
    expect(halves.untrained.map(({ seed }) => seed)).toEqual([2]);
    expect(await readMetrics(unfinished)).toHaveLength(3);
  });

  it('does nothing more when all is done, and writes the table of 2 rows anew where it was lost', async () => {
    await rm(join(folder, 'whole', 'table.md'));
    const events = await reproduce(ablateSpeech, request('whole'));
    expect(events.map(({ type }) => type)).toEqual(['file-written', 'file-written']);
    const table = await readFile(join(folder, 'whole', 'table.md'), 'utf8');
    expect(table).toMatch(/\| 2 steps \| \d+\.\d \| 1 \| 28\.5 \|/);
    expect(table).toMatch(/\| current sequence only \| \d+\.\d \| 1 \| 65\.2 \|/);
    expect(table).not.toContain('4 steps');
    expect(table).toMatch(/\n\nAll rows were trained on the same recordings: 4 of 4 speakers, 0\.00 hours\.\n$/);
  });

  it('gives every run the same settings but the row’s: 30 candidates, as many as a window of 30 latents has', async () => {
    const { settings } = await readRunRecord(join(folder, 'whole', 'predict-2-mixed-speaker', 'seed-2'));
    expect(settings.negativeCount?.value).toBe(30);
    expect([settings.predictionSteps?.value, settings.negatives?.value]).toEqual([2, 'mixed-speaker']);
    expect(settings.learningRateDecaySteps?.value).toBe(3);
  });

  it('keeps in its record what rows come to beside the paper, and what went in', async () => {
    const { rows, runs, inputs } = await recordOf('whole');
    expect(rows?.map(({ name, paperAccuracy }) => [name, paperAccuracy])).toEqual([
      ['steps-2', 0.285],
      ['own-sequence', 0.652],
    ]);
    expect(rows?.[0]).toMatchObject({ run: 'predict-2-mixed-speaker', seeds: 1, mean: runs[0]?.result.accuracy });
    expect(inputs).toEqual({
      data: expect.stringMatching(/./),
      'probe data': expect.stringMatching(/./),
      folds: 'none',
    });
  });

  it('refuses negatives that are the preset’s where they were not set before: the 5 rows of steps would be others', async () => {
    const { overrides } = request('');
    const other = reproduce(
      ablateSpeech,
      request('whole', { overrides: { ...overrides, negatives: set('own-and-others') } }),
    );
    await expect(other).rejects.toThrow(
      /negatives in the rows of steps mixed-speaker\), received negatives in the rows of steps own-and-others\. Give/,
    );
  });

  it('takes the even number of 20 candidates for a window of 21 latents, so that own-and-others has halves', async () => {
    const { overrides } = request('');
    const odd = { ...overrides, windowSamples: set(3360), negatives: set('own-and-others') };
    await reproduce(ablateSpeech, request('odd', { rows: ['steps-2'], overrides: odd }));
    const { settings } = await readRunRecord(join(folder, 'odd', 'predict-2-own-and-others', 'seed-2'));
    expect(settings.negativeCount?.value).toBe(20);
  });

  it('refuses other folds than the 4 it was begun with', async () => {
    await writeFile(join(folder, 'folds.json'), '[["1"], ["2"]]');
    const other = reproduce(ablateSpeech, request('whole', { folds: join(folder, 'folds.json') }));
    await expect(other).rejects.toThrow(/was begun here \(folds none\), received folds sha256:/);
  });

  it('refuses before the first run what the last cannot do: a speaker of half a second has no room for 9 windows', async () => {
    const rows = ['steps-2', 'same-speaker'];
    const wide = request('narrow', { rows, overrides: { ...request('').overrides, batchSize: set(9) } });
    await expect(reproduce(ablateSpeech, wide)).rejects.toThrow(/room for 9 windows/);
    await expect(readFile(join(folder, 'narrow', 'ablation.json'))).rejects.toThrow(/ENOENT/);
  });

  it('refuses 4 steps where it was begun with 3, and a damaged record, changing nothing', async () => {
    const before = await readFile(join(folder, 'whole', 'ablation.json'), 'utf8');
    await expect(reproduce(ablateSpeech, request('whole', { steps: 4 }))).rejects.toThrow(
      /steps 3\).*steps 4\. Give the same/,
    );
    expect(await readFile(join(folder, 'whole', 'ablation.json'), 'utf8')).toBe(before);
    await writeFile(join(folder, 'whole', 'ablation.json'), '{"schema": 1');
    await expect(reproduce(ablateSpeech, request('whole'))).rejects.toThrow(
      /ablation\.json: expected an ablation record/,
    );
  });
});

describe('ablateSpeech on 5 recordings of 4 speakers, of which one has room for 3 windows', () => {
  const data = () => join(folder, 'uneven');
  const uneven = (out: string, rows: string[]) => {
    const { overrides } = request('');
    return request(out, { data: data(), rows, overrides: { ...overrides, batchSize: set(3) } });
  };
  const counts = async (out: string, run: string) =>
    (await readRunRecord(join(folder, out, run, 'seed-2'))).data.counts;

  beforeAll(async () => {
    await mkdir(data());
    for (const id of ['1-1-0000', '2-1-0000', '3-1-0000', '4-1-0000'])
      await copyFile(join(folder, 'speech', `${id}.wav`), join(data(), `${id}.wav`));
    const samples = Float32Array.from({ length: 20_000 }, (_, n) => 0.4 * Math.sin(n / 9));
    await writeFile(join(data(), '1-1-0001.wav'), encodeWav({ sampleRateHz: 16_000, channels: [samples] }));
  });

  it('trains both rows on the 2 recordings that same-speaker can use, and says so in record, table and a warning', async () => {
    const events = await reproduce(ablateSpeech, uneven('both', ['mixed-speaker', 'same-speaker']));
    for (const run of ['predict-12-mixed-speaker', 'predict-12-same-speaker'])
      expect(await counts('both', run)).toEqual({ recordings: 2, speakers: 1 });
    const { trainedOn } = await recordOf('both');
    expect(trainedOn).toEqual({ recordings: 2, speakers: 1, hours: 28_000 / 16_000 / 3600, leftOut: 3 });
    expect(await readFile(join(folder, 'both', 'table.md'), 'utf8')).toContain(
      '\n\nAll rows were trained on the same recordings: 2 of 1 speakers, 0.00 hours; 3 more, which not every row can use, were left out of all.\n',
    );
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(warnings[0]).toMatch(
      /^3 of 5 recordings are left out of all rows.*: predict-12-same-speaker cannot use them/,
    );
  });

  it('goes on in the same folder, and refuses to add a row trained on all 5', async () => {
    const again = await reproduce(ablateSpeech, uneven('both', ['mixed-speaker', 'same-speaker']));
    expect(again.filter(({ type }) => type === 'progress')).toEqual([]);
    await expect(reproduce(ablateSpeech, uneven('both', ['own-sequence']))).rejects.toThrow(
      /begun here \(data .* without 3 recordings/,
    );
  });

  it('trains on all 5 where every row can use them', async () => {
    await reproduce(ablateSpeech, uneven('mixed', ['own-sequence']));
    expect(await counts('mixed', 'predict-12-own-sequence')).toEqual({ recordings: 5, speakers: 4 });
    expect((await recordOf('mixed')).trainedOn).toMatchObject({ recordings: 5, leftOut: 0 });
  });
});
