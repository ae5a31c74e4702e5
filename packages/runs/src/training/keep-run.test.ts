import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Domain } from '@cpc/core';
import {
  adam,
  type BatchSource,
  batchesInThread,
  flatten,
  type HostArray,
  type TrainOptions,
  type Tree,
  train,
} from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import type { RunRecord, TrainingEvent } from '@cpc/records';
import { createToyDomain } from '@cpc/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeModelFile, readModelFile } from '../models/model-file.js';
import { readMetrics, readRunRecord } from '../run-folder/run-folder.js';
import { type KeepRunOptions, keepRun } from './keep-run.js';

let parent = '';
let folder = '';
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'cpc-train-'));
  folder = join(parent, 'run');
});
afterEach(() => rm(parent, { recursive: true }));

/** What `train()` and `keepRun()` are given. */
type TrainRunOptions = Omit<KeepRunOptions, 'domain'> & Omit<TrainOptions, 'checkpoints' | 'fingerprint'>;

function trainRun(options: TrainRunOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  return keepRun({ ...options, domain: options.domain.name }, (kept) => train({ ...options, ...kept }));
}

const setting = (value: number) => ({ value, source: 'set' }) as const;
const record: TrainRunOptions['record'] = {
  command: 'cpc toy train',
  preset: 'small',
  settings: { batchSize: setting(4), learningRate: setting(0.01) },
  versions: { '@cpc/core': '1.0.0' },
  dataFingerprint: 'circles',
  data: { counts: {}, skipped: [] },
};

async function optionsFor(change: Partial<TrainRunOptions> = {}): Promise<TrainRunOptions> {
  return {
    domain: createToyDomain(),
    engine: await createEngine({ name: 'onnx', threads: 1 }),
    optimiser: adam({ learningRate: 0.01 }),
    seed: 1,
    folder,
    resume: false,
    record,
    modelMetadata: {},
    exportModel: async () => undefined,
    ...change,
  };
}

async function run(change: Partial<TrainRunOptions>): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of trainRun(await optionsFor(change))) events.push(event);
  return events;
}

async function contentsOf(place: string): Promise<Record<string, string>> {
  const found = await readdir(place, { recursive: true, withFileTypes: true });
  const files = found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')])));
}

describe('a resume is refused', () => {
  it('with batchSize 8 instead of 4 and seed 2 instead of 1, naming these 2 only, and every file stays as it was', async () => {
    await run({ steps: 3, checkpointEverySteps: 2 });
    const before = await contentsOf(folder);
    const settings = { ...record.settings, batchSize: setting(8) };
    await expect(run({ steps: 5, resume: true, seed: 2, record: { ...record, settings } })).rejects.toThrow(
      /the settings the run was started with \(batchSize 4, seed 1\), received batchSize 8, seed 2\./,
    );
    expect(await contentsOf(folder)).toEqual(before);
  });

  it('with other data, or with a setting that was not there', async () => {
    await run({ steps: 1 });
    await expect(run({ resume: true, steps: 2, record: { ...record, dataFingerprint: 'squares' } })).rejects.toThrow(
      /\(data circles\), received data squares/,
    );
    const settings = { ...record.settings, momentum: setting(0.5) };
    await expect(run({ resume: true, steps: 2, record: { ...record, settings } })).rejects.toThrow(
      /\(momentum none\), received momentum 0\.5/,
    );
  });

  it('while this process trains there, without harm to that', async () => {
    const first = trainRun(await optionsFor({ steps: 3 }));
    await first.next();
    await expect(run({ steps: 3, resume: true })).rejects.toThrow(/run\.lock: .*is training/);
    for await (const _ of first);
    expect((await readRunRecord(folder)).status).toBe('completed');
  });
});

describe('a run that goes on', () => {
  it('has as final figures the means over its last 5 steps, 3 of them of an earlier sitting', async () => {
    await run({ steps: 3 });
    await run({ steps: 5, resume: true });
    const losses = (await readMetrics(folder)).map(({ lossNats }) => lossNats);
    const { figures } = await readRunRecord(folder);
    expect(losses).toHaveLength(5);
    expect(figures.lossNats?.count).toBe(5);
    expect(figures.lossNats?.value).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 5, 12);
  });

  it('with 2 threads instead of 1 and another version says so, and its record tells of both sittings', async () => {
    await run({ steps: 2 });
    const events = await run({
      steps: 3,
      resume: true,
      engine: await createEngine({ name: 'onnx', threads: 2 }),
      record: { ...record, versions: { '@cpc/core': '1.0.1' } },
    });
    expect(events[0]).toMatchObject({ type: 'warning' });
    expect(events[0]).toHaveProperty(
      'message',
      expect.stringMatching(/threads 2 \(before: 1\).*@cpc\/core 1\.0\.1 \(before: 1\.0\.0\)/),
    );
    const { sittings = [], engine } = await readRunRecord(folder);
    expect(sittings.map(({ step, engine: { threads } }) => [step, threads])).toEqual([
      [0, 1],
      [2, 2],
    ]);
    expect(engine.threads).toBe(1);
  });

  it('on the same engine and machine warns 0 times', async () => {
    await run({ steps: 1 });
    const events = await run({ steps: 2, resume: true });
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
  });

  it('from a record without sittings, of an early version, has 2 sittings afterwards', async () => {
    await run({ steps: 1 });
    const { sittings: _, ...early }: RunRecord = await readRunRecord(folder);
    await writeFile(join(folder, 'run.json'), JSON.stringify(early));
    await run({ steps: 2, resume: true });
    expect((await readRunRecord(folder)).sittings?.map(({ step }) => step)).toEqual([0, 1]);
  });
});

describe('the model of a run', () => {
  it('has the parameters that 3 updates ended with, though the checkpoint of update 3 is gone by then', async () => {
    const options = await optionsFor({ steps: 3, modelMetadata: { domain: 'toy', seed: '1' } });
    const trained: (Tree<HostArray> | undefined)[] = [];
    const kept = keepRun({ ...options, domain: 'toy' }, async function* (given) {
      const parameters = yield* train({ ...options, ...given });
      trained.push(parameters);
      return parameters;
    });
    for await (const event of kept) if (event.type === 'checkpoint-saved') await rm(event.path);
    const { bytes, path } = await readModelFile(folder, 'toy');
    const { parameters, metadata } = decodeModelFile(bytes, path, 'toy');
    expect(metadata.step).toBe('3');
    expect(flatten(parameters)).toEqual(flatten(trained[0] ?? {}));
  });

  it('of 3 updates that is resumed for 0 more has the same bytes as before', async () => {
    await run({ steps: 3, modelMetadata: { domain: 'toy', seed: '1' } });
    const { bytes: before } = await readModelFile(folder, 'toy');
    await run({ steps: 3, modelMetadata: { domain: 'toy', seed: '1' }, resume: true });
    expect((await readModelFile(folder, 'toy')).bytes).toEqual(before);
  });
});

describe('a run that fails', () => {
  it('at step 3 has in its record the totals of step 2 and the reason', async () => {
    await expect(run({ steps: 9, domain: createToyDomain({ infiniteAt: 3 }) })).rejects.toThrow(/finite loss/);
    const { status, totals, error } = await readRunRecord(folder);
    expect([status, totals.steps]).toEqual(['failed', 2]);
    expect(totals.seconds).toBeGreaterThan(0);
    expect(error).toMatch(/training step 3/);
  });

  it('and cannot say so in its record, tells the first error all the same, and gives its lock back', async () => {
    const toy = createToyDomain({ infiniteAt: 3 });
    let draws = 0;
    const domain: Domain = {
      ...toy,
      draw: async (random) => {
        draws += 1;
        if (draws === 2) await writeFile(join(folder, 'run.json'), 'damaged');
        return toy.draw(random);
      },
    };
    await expect(run({ steps: 9, domain })).rejects.toThrow(/training step 3: expected a finite loss/);
    expect((await readdir(folder)).filter((name) => name.includes('lock'))).toEqual([]);
  });
});

it('targets 2 and 5 ahead are figures k02 and k05', async () => {
  await run({ steps: 1, domain: { ...createToyDomain(), offsets: [2, 5] } });
  const names = Object.keys((await readRunRecord(folder)).figures).filter((name) => name.includes('/k'));
  expect(names).toEqual(['accuracy/k02', 'boundNats/k02', 'accuracy/k05', 'boundNats/k05']);
});

it('a folder copied after step 3, with a checkpoint of step 2, goes on to the 4 losses of a run left alone', async () => {
  const whole = join(parent, 'whole');
  await run({ steps: 4, folder: whole });
  const killed = trainRun(await optionsFor({ steps: 4, checkpointEverySteps: 2 }));
  for await (const event of killed) {
    if (event.type !== 'step-end' || event.step !== 3) continue;
    await cp(folder, join(parent, 'copy'), { recursive: true }); // as a kill leaves it, but for the lock
    break;
  }
  expect(await readdir(folder)).not.toContain('run.lock'); // who leaves the loop early gives the folder back
  await rm(join(parent, 'copy', 'run.lock'));
  await run({ steps: 4, folder: join(parent, 'copy'), resume: true });
  const losses = async (place: string) => (await readMetrics(place)).map(({ lossNats }) => lossNats);
  expect(await losses(join(parent, 'copy'))).toEqual(await losses(whole));
});

describe('what a batch had to leave out', () => {
  /** Its batches find a.wav damaged, and those from step 2 on also b.wav. */
  function damagedBatches(): BatchSource {
    const source = batchesInThread(createToyDomain());
    const batch: BatchSource['batch'] = async (seed, step) => ({
      ...(await source.batch(seed, step)),
      damaged: (step === 1 ? ['a.wav'] : ['a.wav', 'b.wav']).map((path) => ({ path, reason: `${path}: cut off` })),
    });
    return { ahead: 2, batch };
  }

  it('is told once in each of 2 sittings, and stands once in the record, after the 1 file that was skipped before', async () => {
    const skipped = [{ file: 'short.wav', reason: 'shorter than 1.28 s' }];
    const data = { counts: { files: 3 }, skipped };
    const options = { record: { ...record, data }, batches: damagedBatches() };
    const told = async (change: Partial<TrainRunOptions>) =>
      (await run({ ...options, ...change })).flatMap((event) => (event.type === 'input-damaged' ? [event.path] : []));
    expect(await told({ steps: 1 })).toEqual(['a.wav']);
    expect((await readRunRecord(folder)).data.skipped.map(({ file }) => file)).toEqual(['short.wav', 'a.wav']);
    expect(await told({ steps: 4, resume: true })).toEqual(['a.wav', 'b.wav']);
    const found = ['a.wav', 'b.wav'].map((file) => ({ file, reason: `${file}: cut off` }));
    expect((await readRunRecord(folder)).data).toEqual({ counts: { files: 3 }, skipped: [...skipped, ...found] });
  });

  it('stands in the record before step 1 ends, so that a run that fails there tells of it too', async () => {
    const domain = createToyDomain();
    const { ahead, batch } = damagedBatches();
    const infinite: BatchSource['batch'] = async (seed, step) => {
      const made = await batch(seed, step);
      made.inputs.points?.data.fill(Number.POSITIVE_INFINITY);
      return made;
    };
    await expect(run({ domain, steps: 3, batches: { ahead, batch: infinite } })).rejects.toThrow(/step 1.*finite loss/);
    expect((await readRunRecord(folder)).data.skipped.map(({ file }) => file)).toEqual(['a.wav']);
  });
});

describe('the share of time spent waiting for batches', () => {
  it('is, after 13 steps, that of steps 11 to 13 by the metrics; after 10 steps there is none', async () => {
    await run({ steps: 10 });
    expect((await readRunRecord(folder)).figures).not.toHaveProperty('inputWaitShare');
    const other = join(parent, 'other');
    await run({ steps: 13, folder: other });
    const steps = await readMetrics(other);
    const waited = steps.slice(10).reduce((sum, { inputWaitMilliseconds }) => sum + inputWaitMilliseconds / 1000, 0);
    const seconds = (steps[12]?.trainedSeconds ?? 0) - (steps[9]?.trainedSeconds ?? 0);
    const { inputWaitShare } = (await readRunRecord(other)).figures;
    expect(inputWaitShare).toEqual({ value: expect.closeTo(waited / seconds, 9), count: 3 });
    expect(inputWaitShare?.value).toBeGreaterThan(0);
  });
});
