import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeResult, RunRecord } from '@cpc/records';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordProbes } from './record-results.js';
import { createRunFolder, readRunRecord, runPaths } from './run-folder.js';

const record: RunRecord = {
  ...{ schema: 1, command: 'cpc toy train', domain: 'toy', settings: {}, versions: {}, seed: 1 },
  machine: { cpuModel: 'a', cores: 1, memoryBytes: 1, platform: 'linux-x64', node: 'v20' },
  engine: { name: 'cpu' },
  ...{ dataFingerprint: 'd', data: { counts: {}, skipped: [] }, started: '2026-01-01T00:00:00.000Z' },
  ...{ status: 'completed', totals: { steps: 1, seconds: 1 }, figures: {}, probes: [] },
};
const result = (accuracy: number, change: Partial<ProbeResult> = {}): ProbeResult => ({
  ...{ task: 'digits', representation: 'context', accuracy, classes: 2, counts: { train: 1, test: 1 }, folds: 1 },
  confidence: { low: 0, high: 1, level: 0.95 },
  dataFingerprint: 'one',
  ...change,
});

let run = '';
beforeEach(async () => {
  run = join(await mkdtemp(join(tmpdir(), 'cpc-results-')), 'run');
  await (await createRunFolder(run, record)).close();
});
afterEach(() => rm(join(run, '..'), { recursive: true }));

it('keeps the result of other data under the same task, and replaces that of the same data: 2 of 3 stay', async () => {
  for (const added of [result(0.1), result(0.2, { dataFingerprint: 'two' }), result(0.3)])
    expect(await recordProbes(run, [added])).toEqual([]);
  const { probes } = await readRunRecord(run);
  expect(probes.map(({ accuracy, dataFingerprint }) => [accuracy, dataFingerprint])).toEqual([
    [0.2, 'two'],
    [0.3, 'one'],
  ]);
});

it('keeps results of 5 other questions on the same data', async () => {
  const changes: Partial<ProbeResult>[] = [
    { pooled: true },
    { baseline: 'random' },
    { classifier: 'mlp' },
    { labelShare: 0.1 },
    { split: 'other' },
  ];
  await recordProbes(run, [result(0.5), ...changes.map((change) => result(0.6, change))]);
  await recordProbes(run, [result(0.7)]);
  expect((await readRunRecord(run)).probes).toHaveLength(6);
});

it('takes a result without classifier, as older records have it, for one of the linear classifier', async () => {
  await recordProbes(run, [result(0.5)]);
  await recordProbes(run, [result(0.6, { classifier: 'linear', pooled: false })]);
  expect((await readRunRecord(run)).probes).toMatchObject([{ accuracy: 0.6 }]);
});

it('tells in 1 warning, and throws nothing, where the record is damaged', async () => {
  await writeFile(runPaths(run).record, '{"schema": 1');
  expect(await recordProbes(run, [result(0.5)])).toEqual([
    { type: 'warning', message: expect.stringMatching(/^the results are not in the run record.*run\.json/) },
  ]);
});
