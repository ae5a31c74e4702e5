import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AblateRequest, readMetrics, readRunRecord, type TaskEvent } from '@cpc/core/node';
import { parseAblationRecord } from '@cpc/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNameOf, table2Rows } from '../ablation/table-2.js';
import { plannedRuns } from './ablate.js';
import { ablate, set, tinyAblation, writeTinySpeech } from './test-support/tiny-ablation.js';

let folder: string;
beforeAll(async () => {
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
    await ablate(request('whole'));
    const secondRun = (event: TaskEvent) => event.type === 'progress' && /run 2 of 2.*: step/.test(event.label);
    await ablate(request('halves'), secondRun);
    expect((await recordOf('halves')).runs).toHaveLength(1);
    const unfinished = join(folder, 'halves', 'predict-12-own-sequence', 'seed-2');
    expect((await readRunRecord(unfinished)).status).toBe('interrupted');
    await ablate(request('halves'));
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
    const events = await ablate(request('whole'));
    expect(events.map(({ type }) => type)).toEqual(['file-written', 'file-written']);
    const table = await readFile(join(folder, 'whole', 'table.md'), 'utf8');
    expect(table).toMatch(/\| 2 steps \| \d+\.\d \| 1 \| 28\.5 \|/);
    expect(table).toMatch(/\| current sequence only \| \d+\.\d \| 1 \| 65\.2 \|/);
    expect(table).not.toContain('4 steps');
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

  it('refuses other folds than the 4 it was begun with', async () => {
    await writeFile(join(folder, 'folds.json'), '[["1"], ["2"]]');
    const other = ablate(request('whole', { folds: join(folder, 'folds.json') }));
    await expect(other).rejects.toThrow(/was begun here \(folds none\), received folds sha256:/);
  });

  it('refuses before the first run what the last cannot do: a speaker of half a second has no room for 9 windows', async () => {
    const rows = ['steps-2', 'same-speaker'];
    const wide = request('narrow', { rows, overrides: { ...request('').overrides, batchSize: set(9) } });
    await expect(ablate(wide)).rejects.toThrow(/room for 9 windows/);
    await expect(readFile(join(folder, 'narrow', 'ablation.json'))).rejects.toThrow(/ENOENT/);
  });

  it('refuses 4 steps where it was begun with 3, and a damaged record, changing nothing', async () => {
    const before = await readFile(join(folder, 'whole', 'ablation.json'), 'utf8');
    await expect(ablate(request('whole', { steps: 4 }))).rejects.toThrow(/steps 3\).*steps 4\. Give the same/);
    expect(await readFile(join(folder, 'whole', 'ablation.json'), 'utf8')).toBe(before);
    await writeFile(join(folder, 'whole', 'ablation.json'), '{"schema": 1');
    await expect(ablate(request('whole'))).rejects.toThrow(/ablation\.json: expected an ablation record/);
  });
});
