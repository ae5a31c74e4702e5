import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AblateRequest, readMetrics, readRunRecord, type TaskEvent } from '@cpc/core/node';
import { parseAblationRecord } from '@cpc/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNameOf, table2Rows } from '../ablation/table-2.js';
import { encodeWav } from '../data/wav.js';
import { ablateSpeech, plannedRuns } from './ablate.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-ablate-'));
  await writeSpeech(join(folder, 'speech'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Four recordings of 4 speakers, half a second of hiss and tone in turn, with the authors' label file. */
async function writeSpeech(path: string): Promise<void> {
  await mkdir(path);
  const ids = ['1-1-0000', '2-1-0000', '3-1-0000', '4-1-0000'];
  const isTone = (sample: number) => Math.floor(sample / 1600) % 2 === 1;
  for (const [index, id] of ids.entries()) {
    const samples = Float32Array.from({ length: 8000 }, (_, n) =>
      isTone(n) ? 0.5 * Math.sin(n / (5 + index)) : 0.1 * Math.sin(n ** 2),
    );
    await writeFile(join(path, `${id}.wav`), encodeWav({ sampleRateHz: 16_000, channels: [samples] }));
  }
  const labels = Array.from({ length: 48 }, (_, label) => (isTone(160 * label + 200) ? 7 : 3)).join(' ');
  await writeFile(join(path, 'converted_aligned_phones.txt'), ids.map((id) => `${id} ${labels}\n`).join(''));
}

const set = (value: number) => ({ value, source: 'set' }) as const;
const request = (out: string, change: Partial<AblateRequest> = {}): AblateRequest => ({
  data: join(folder, 'speech'),
  probeData: join(folder, 'speech'),
  preset: 'small',
  overrides: { channels: set(6), contextUnits: set(5), windowSamples: set(4800), batchSize: set(2) },
  steps: 3,
  seeds: [2],
  rows: ['steps-2', 'own-sequence'],
  task: 'phones',
  engine: { name: 'onnx', threads: 1 },
  out: join(folder, out),
  strict: false,
  command: 'test',
  ...change,
});

/** Runs until done, or until the stop is asked for at the event that `stopAt` names. */
async function ablate(asked: AblateRequest, stopAt?: (event: TaskEvent) => boolean): Promise<TaskEvent[]> {
  let stopped = false;
  const events: TaskEvent[] = [];
  for await (const event of ablateSpeech(asked, { stopRequested: () => stopped })) {
    events.push(event);
    if (stopAt?.(event) === true) stopped = true;
  }
  return events;
}

const recordOf = async (out: string) => {
  const path = join(folder, out, 'ablation.json');
  return parseAblationRecord(await readFile(path, 'utf8'), path);
};

describe('plannedRuns', () => {
  it('makes 27 runs of the ten rows and three seeds, seed by seed: two rows are the same', () => {
    const runs = plannedRuns({ seeds: [4, 5, 6] });
    expect(runs.map(({ seed }) => seed)).toEqual([...Array(9).fill(4), ...Array(9).fill(5), ...Array(9).fill(6)]);
    expect(new Set(runs.map(({ row }) => runNameOf(row))).size).toBe(9);
    expect(table2Rows).toHaveLength(10);
  });

  it('refuses a row that the table does not have, naming those it has', () => {
    expect(() => plannedRuns({ rows: ['steps-3'], seeds: [1] })).toThrow(/steps-2, steps-4.*received "steps-3"/);
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

  it('does nothing more when all is done, and writes a table of 2 rows', async () => {
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

  it('refuses 4 steps where it was begun with 3, and a damaged record, changing nothing', async () => {
    const before = await readFile(join(folder, 'whole', 'ablation.json'), 'utf8');
    await expect(ablate(request('whole', { steps: 4 }))).rejects.toThrow(/steps 3\).*steps 4\. Give the same/);
    expect(await readFile(join(folder, 'whole', 'ablation.json'), 'utf8')).toBe(before);
    await writeFile(join(folder, 'whole', 'ablation.json'), '{"schema": 1');
    await expect(ablate(request('whole'))).rejects.toThrow(/ablation\.json: expected an ablation record/);
  });
});
