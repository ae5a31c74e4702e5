import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checkpoint } from '@cpc/core';
import { RecordError, type RunRecord, type TrainingEventOf } from '@cpc/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRunFolder,
  type RunFolder,
  readMetrics,
  readRunRecord,
  resumeRunFolder,
  runPaths,
  updateRunRecord,
} from './run-folder.js';

const record: RunRecord = {
  schema: 1,
  command: 'cpc audio train --builtin',
  domain: 'audio',
  settings: { batchSize: { value: 8, source: 'preset' } },
  versions: { '@cpc/core': '0.0.0' },
  machine: { cpuModel: 'test', cores: 2, memoryBytes: 1, platform: 'linux-x64', node: '20.20.0' },
  engine: { name: 'cpu' },
  seed: 1,
  dataFingerprint: 'none',
  data: { counts: { utterances: 3 }, skipped: [] },
  started: '2026-01-02T03:04:05.000Z',
  status: 'running',
  totals: { steps: 0, seconds: 0 },
  figures: {},
  probes: [],
};

const probe: RunRecord['probes'][number] = {
  task: 'phones',
  representation: 'context',
  accuracy: 0.5,
  classes: 2,
  counts: { train: 10, test: 10 },
  folds: 1,
  confidence: { low: 0.4, high: 0.6, level: 0.95 },
};

function stepEnd(step: number): TrainingEventOf<'step-end'> {
  return {
    type: 'step-end',
    step,
    lossNats: 5 / step,
    accuracy: [0.5],
    boundNats: [0.1],
    firstPredictionStep: 1,
    gradientNorm: 1,
    learningRate: 2e-4,
    stepMilliseconds: 10,
    inputWaitMilliseconds: 0,
    examplesPerSecond: 800,
    trainedSeconds: step / 100,
  };
}

const timeOf = (step: number) => new Date(Date.UTC(2026, 0, 2) + step * 1000);

async function appendSteps(run: RunFolder, first: number, last: number): Promise<void> {
  for (let step = first; step <= last; step++) await run.append(stepEnd(step), timeOf(step));
}

function checkpointAt(step: number): Checkpoint {
  return { step, tensors: { kernel: { shape: [], data: Float32Array.of(step) } }, metadata: {} };
}

/** Every file below a folder, by name, with its bytes as text. */
async function contentsOf(place: string): Promise<Record<string, string>> {
  const found = await readdir(place, { recursive: true, withFileTypes: true });
  const files = found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')])));
}

let parent = '';
let folder = '';
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'cpc-run-'));
  folder = join(parent, 'runs', 'first');
});
afterEach(() => rm(parent, { recursive: true }));

describe('a new run', () => {
  it('makes its folder with 3 files: record, metrics and TensorBoard', async () => {
    const run = await createRunFolder(folder, record);
    await run.close();
    const names = (await readdir(folder)).map((name) => name.replace(/tfevents.*/, 'tfevents')).sort();
    expect(names).toEqual(['events.out.tfevents', 'metrics.jsonl', 'run.json']);
    expect([await readRunRecord(folder), await readMetrics(folder), run.resumedStep]).toEqual([record, [], 0]);
  });

  it('logs 3 steps as 3 lines and 3 TensorBoard records, none waited for', async () => {
    const run = await createRunFolder(folder, record);
    const appends = [1, 2, 3].map((step) => run.append(stepEnd(step), timeOf(step)));
    await run.close();
    await Promise.all(appends);
    const { type: _, ...measured } = stepEnd(2);
    expect((await readMetrics(folder))[1]).toEqual({ time: '2026-01-02T00:00:02.000Z', ...measured });
    const name = (await readdir(folder)).find((each) => each.startsWith('events'));
    const events = await readFile(join(folder, name ?? ''), 'latin1');
    expect(events.split('loss/nats')).toHaveLength(4);
  });

  it('writes its record anew on each of 20 updates, in order, though none is waited for', async () => {
    const run = await createRunFolder(folder, record);
    const steps = Array.from({ length: 20 }, (_, index) => index + 1);
    await Promise.all(steps.map((step) => run.update({ totals: { steps: step, seconds: step } })));
    await run.update({ status: 'completed', ended: '2026-01-02T04:00:00.000Z' });
    await run.close();
    const expected = {
      ...record,
      totals: { steps: 20, seconds: 20 },
      status: 'completed',
      ended: '2026-01-02T04:00:00.000Z',
    };
    expect([await readRunRecord(folder), run.record]).toEqual([expected, expected]);
  });

  it('keeps its record as it was when an update has seconds of NaN, and takes the next update', async () => {
    const run = await createRunFolder(folder, record);
    await expect(run.update({ totals: { steps: 1, seconds: Number.NaN } })).rejects.toThrow(/totals\.seconds/);
    expect([await readRunRecord(folder), run.record]).toEqual([record, record]);
    await run.update({ status: 'failed' });
    await run.close();
    expect((await readRunRecord(folder)).status).toBe('failed');
  });

  it('does not log a loss of NaN', async () => {
    const run = await createRunFolder(folder, record);
    await expect(run.append({ ...stepEnd(1), lossNats: Number.NaN })).rejects.toThrow(/lossNats/);
    await run.close();
    expect(await readMetrics(folder)).toEqual([]);
  });

  it('keeps the newest 2 checkpoints if told so', async () => {
    const run = await createRunFolder(folder, record, { keepCheckpoints: 2 });
    for (const step of [1, 2, 3]) await run.checkpoints.save(checkpointAt(step));
    await run.close();
    expect((await run.checkpoints.list()).map(({ step }) => step)).toEqual([2, 3]);
  });
});

describe('a new run is refused', () => {
  it('in a folder with run.json, naming the 2 ways out', async () => {
    await (await createRunFolder(folder, record)).close();
    await expect(createRunFolder(folder, record)).rejects.toThrow(
      `${folder}: expected a folder without a run, received run.json. Go on with that run by --resume, or give another folder by --out.`,
    );
  });

  it('in a folder whose run.json is lost but whose checkpoint of step 7 is not', async () => {
    const run = await createRunFolder(folder, record);
    await run.checkpoints.save(checkpointAt(7));
    await run.close();
    await rm(runPaths(folder).record);
    await rm(runPaths(folder).metrics);
    await expect(createRunFolder(folder, record)).rejects.toThrow(/received a checkpoint of step 7/);
  });

  it('where a file stands in the way', async () => {
    await writeFile(join(parent, 'taken'), '');
    await expect(createRunFolder(join(parent, 'taken'), record)).rejects.toThrow(
      /taken: expected a folder, received a file in its place/,
    );
  });

  it('with a wrong record, before anything is written', async () => {
    const wrong = { ...record, seed: 0.5 };
    await expect(createRunFolder(folder, wrong)).rejects.toThrow(/seed: /);
    expect(await readdir(parent)).toEqual([]);
  });
});

describe('a run that is being written', () => {
  it('can be opened by nobody else until it is closed, and the refusal names this process and run.lock', async () => {
    const run = await createRunFolder(folder, record);
    await expect(resumeRunFolder(folder)).rejects.toThrow(
      new RegExp(`run\\.lock: .*process ${process.pid} is training`),
    );
    await run.close();
    await (await resumeRunFolder(folder)).close();
    expect((await readdir(folder)).filter((name) => name.includes('lock'))).toEqual([]);
  });

  it('keeps the 2 results that probes add while it updates 10 times', async () => {
    const run = await createRunFolder(folder, record);
    const add = (task: string) =>
      updateRunRecord(folder, ({ probes }) => ({ probes: [...probes, { ...probe, task }] }));
    const updates = Array.from({ length: 10 }, (_, index) => run.update({ totals: { steps: index, seconds: 1 } }));
    await Promise.all([add('phones'), ...updates, add('speakers')]);
    await run.close();
    const { probes, totals } = await readRunRecord(folder);
    expect([probes.map(({ task }) => task).sort(), totals.steps]).toEqual([['phones', 'speakers'], 9]);
  });

  it('is not changed by an update with an accuracy of 2, nor is a folder without a run given a lock', async () => {
    await (await createRunFolder(folder, record)).close();
    const wrong = updateRunRecord(folder, () => ({ probes: [{ ...probe, accuracy: 2 }] }));
    await expect(wrong).rejects.toThrow(/probes\.0\.accuracy/);
    expect(await readRunRecord(folder)).toEqual(record);
    await expect(updateRunRecord(parent, () => ({}))).rejects.toThrow(/with run\.json in it/);
    expect(await readdir(parent)).toEqual(['runs']);
  });
});

describe('a resumed run', () => {
  /** Logs steps 1 to 10 with a checkpoint at 6, and leaves half a line, as a kill does. */
  async function killedAfterTen(): Promise<void> {
    const run = await createRunFolder(folder, record);
    await appendSteps(run, 1, 6);
    await run.checkpoints.save(checkpointAt(6));
    await appendSteps(run, 7, 10);
    await run.close();
    const { metrics } = runPaths(folder);
    await writeFile(metrics, `${await readFile(metrics, 'utf8')}{"time":"2026-01`);
  }

  it('drops 4 steps and half a line, and ends with the very file of a run that was not interrupted', async () => {
    const whole = await createRunFolder(join(parent, 'whole'), record);
    await appendSteps(whole, 1, 12);
    await whole.close();

    await killedAfterTen();
    const run = await resumeRunFolder(folder);
    expect([run.resumedStep, (await run.checkpoints.latest())?.step]).toEqual([6, 6]);
    expect((await readMetrics(folder)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    await appendSteps(run, 7, 12);
    await run.close();
    expect(await readFile(run.paths.metrics, 'utf8')).toBe(await readFile(whole.paths.metrics, 'utf8'));
  });

  it('begins again at step 0, with 0 lines, if it was killed before its first checkpoint', async () => {
    const first = await createRunFolder(folder, record);
    await appendSteps(first, 1, 1);
    await first.close();
    const run = await resumeRunFolder(folder);
    await run.close();
    expect([run.resumedStep, await readMetrics(folder)]).toEqual([0, []]);
  });

  it('goes back to step 3 with its lines when the checkpoint of step 6 is damaged', async () => {
    const first = await createRunFolder(folder, record);
    await appendSteps(first, 1, 3);
    await first.checkpoints.save(checkpointAt(3));
    await appendSteps(first, 4, 6);
    await writeFile(await first.checkpoints.save(checkpointAt(6)), 'damaged');
    await first.close();
    const run = await resumeRunFolder(folder);
    await run.close();
    expect([run.resumedStep, (await readMetrics(folder)).length]).toEqual([3, 3]);
  });

  it('is running again, without end or error, and keeps the seed', async () => {
    await killedAfterTen();
    const failed = { ...record, status: 'failed', ended: record.started, error: 'disk full', seed: 9 };
    await writeFile(runPaths(folder).record, JSON.stringify(failed));
    const run = await resumeRunFolder(folder);
    await run.close();
    expect(await readRunRecord(folder)).toEqual({ ...record, seed: 9 });
  });

  it('has 2 TensorBoard files, the second with a session start at step 7', async () => {
    await killedAfterTen();
    await (await resumeRunFolder(folder)).close();
    const names = (await readdir(folder)).filter((name) => name.startsWith('events'));
    const sizes = await Promise.all(names.map(async (name) => (await readFile(join(folder, name))).length));
    expect(Math.min(...sizes)).toBe(40 + 31); // a file version and a session start
    expect(names).toHaveLength(2);
  });

  it('is refused by what looks at it first, and every file is then as it was', async () => {
    await killedAfterTen();
    const before = await contentsOf(folder);
    const refusal = resumeRunFolder(folder, {
      admit: ({ seed }, checkpoint) => {
        throw new Error(`seed ${seed}, step ${checkpoint?.step}`);
      },
    });
    await expect(refusal).rejects.toThrow('seed 1, step 6');
    expect(await contentsOf(folder)).toEqual(before);
  });

  it('is refused where both of its 2 checkpoints are damaged, with their names, and nothing is deleted', async () => {
    const first = await createRunFolder(folder, record);
    for (const step of [3, 6]) {
      await appendSteps(first, step, step);
      await writeFile(await first.checkpoints.save(checkpointAt(step)), 'damaged');
    }
    await first.close();
    const before = await contentsOf(folder);
    await expect(resumeRunFolder(folder)).rejects.toThrow(
      /at least 1 whole checkpoint.*2, all damaged: .*step-00000006\.safetensors, .*step-00000003\.safetensors/,
    );
    expect(await contentsOf(folder)).toEqual(before);
  });

  it('that was killed before its first checkpoint tells TensorBoard to drop what comes from step 1 on', async () => {
    const first = await createRunFolder(folder, record);
    await appendSteps(first, 1, 2);
    await first.close();
    await (await resumeRunFolder(folder)).close();
    const names = (await readdir(folder)).filter((name) => name.startsWith('events'));
    const sizes = await Promise.all(names.map(async (name) => (await readFile(join(folder, name))).length));
    expect(Math.min(...sizes)).toBe(40 + 31); // a file version and a session start
  });

  it('is refused in a folder without run.json, and told what to do', async () => {
    await expect(resumeRunFolder(parent)).rejects.toThrow(
      /expected the folder of a run, with run\.json in it, received no such file\. Check the path, or start a run there/,
    );
  });

  it('is refused with the line when line 2 of 10 is damaged', async () => {
    await killedAfterTen();
    const { metrics } = runPaths(folder);
    await writeFile(metrics, (await readFile(metrics, 'utf8')).replace('"step":2', '"step":"x"'));
    const refusal = resumeRunFolder(folder);
    await expect(refusal).rejects.toThrow(/metrics\.jsonl:2: /);
    await expect(refusal).rejects.toSatisfy(RecordError.isInstance);
  });
});
