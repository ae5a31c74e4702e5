import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CpcArgumentError, CpcError, createRandom } from '@cpc/base';
import {
  adam,
  batchOf,
  createMemoryCheckpointStore,
  type Domain,
  type MadeBatch,
  type TrainOptions,
  train,
} from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { createToyDomain, ensureBuilt } from '@cpc/testing';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openParts, openPoints } from '../fixtures/toy-batches.mjs';
import { type BatchWorkers, type BatchWorkersOptions, createBatchWorkers } from './batch-workers.js';

beforeAll(() => ensureBuilt('@cpc/runs'), 300_000); // threads run built files

const module = new URL('../fixtures/toy-batches.mjs', import.meta.url).href;

/** Threads that are closed with the test. */
function startWorkers(open: string, request: object = {}, options: BatchWorkersOptions = {}): BatchWorkers {
  const workers = createBatchWorkers({ module, open, request }, options);
  onTestFinished(() => workers.close());
  return workers;
}

/** What became of steps 1, 2, ... asked for at once: `made`, or the error's message. */
async function fates(workers: BatchWorkers, steps: number): Promise<string[]> {
  const asked = Array.from({ length: steps }, (_, index) => workers.batch(1, index + 1));
  return Promise.all(asked.map((batch) => batch.then(() => 'made', String)));
}

const pathsOf = ({ damaged }: MadeBatch) => damaged.map(({ path }) => path);

describe('batches of threads', () => {
  it.each([1, 3])(
    'are, with %i of them, those of batchOf bit for bit, for 20 steps asked for at once',
    async (count) => {
      const workers = startWorkers('openUneven', {}, { workers: count });
      const steps = Array.from({ length: 20 }, (_, index) => index + 1);
      const made = await Promise.all(steps.map((step) => workers.batch(7, step)));
      const expected = steps.map((step) => batchOf(openPoints(), createRandom(7), step));
      expect(made.map(({ inputs }) => inputs)).toEqual(await Promise.all(expected));
    },
  );

  it('arrive whole where they are parts of larger, pooled or shared memory, and leave that as it is, 3 times', async () => {
    const workers = startWorkers('openParts');
    for (const step of [1, 2, 3]) {
      const { inputs } = await workers.batch(1, step);
      const expected = await batchOf(openParts(), createRandom(1), step);
      expect(Object.keys(inputs)).toEqual(Object.keys(expected));
      for (const [name, { shape, data }] of Object.entries(expected)) {
        expect(inputs[name]?.shape).toEqual(shape);
        expect(Array.from(inputs[name]?.data ?? [])).toEqual(Array.from(data));
      }
    }
  });

  it('tell of a damaged file once a thread, and of 1 more with every draw', async () => {
    const workers = startWorkers('openDamaged');
    const batches = await Promise.all([1, 2, 3].map((step) => workers.batch(1, step)));
    expect(batches.map(pathsOf)).toEqual([['all', '1'], ['2'], ['3']]);
  });

  it('are shared by 3 threads: of 3 asked for at once every thread makes its first', async () => {
    const workers = startWorkers('openDamaged', {}, { workers: 3 });
    const batches = await Promise.all([1, 2, 3].map((step) => workers.batch(1, step)));
    expect(batches.map(pathsOf)).toEqual(Array.from({ length: 3 }, () => ['all', '1']));
  });
});

describe('what fails in a thread', () => {
  it('at the second draw is the CpcArgumentError that was thrown, and the third batch comes', async () => {
    const workers = startWorkers('openFailing', { error: 'argument' });
    const [first, second, third] = [1, 2, 3].map((step) => workers.batch(1, step));
    await expect(second).rejects.toSatisfy(CpcArgumentError.isInstance);
    await expect(second).rejects.toMatchObject({
      ...{ where: 'points', argument: 'count', expected: 'at least 3', received: 2, fix: 'Add one.' },
      message: 'points: expected at least 3, received 2. Add one.',
    });
    expect((await Promise.all([first, third])).length).toBe(2);
  });

  it('is a CpcError with its place, or an Error with the line it came from', async () => {
    const [, data] = await fates(startWorkers('openFailing', { error: 'data' }), 2);
    expect(data).toBe('CpcError: points.csv:7: expected two numbers, received [1, 2, 3].');
    const faulty = startWorkers('openFailing', { error: 'fault' });
    await faulty.batch(1, 1);
    const error = await faulty.batch(1, 2).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: 'points is undefined', stack: expect.stringContaining('toy-batches.mjs:') });
    expect(error).not.toSatisfy(CpcError.isInstance);
  });

  it('while the data are opened fails both batches, with the error that was thrown', async () => {
    const refusal = 'CpcError: points/: expected a folder of points, received none. Make one.';
    expect(await fates(startWorkers('openNothing', { path: 'points/' }), 2)).toEqual([refusal, refusal]);
  });

  it.each([
    ['openNowhere', /a function openNowhere exported by file:.*toy-batches\.mjs, received no export openNowhere/],
    ['notAFunction', /a function notAFunction exported by file:.*toy-batches\.mjs, received 1/],
  ])('is an opener %s that is none, named with its module', async (open, message) => {
    const batch = startWorkers(open).batch(1, 1);
    await expect(batch).rejects.toThrow(message);
    await expect(batch).rejects.toSatisfy(CpcError.isInstance);
  });

  it('is a module that is not there, named', async () => {
    const workers = createBatchWorkers({ module: 'file:///nowhere/toy.mjs', open: 'openPoints', request: {} });
    onTestFinished(() => workers.close());
    await expect(workers.batch(1, 1)).rejects.toThrow(/nowhere\/toy\.mjs/);
  });
});

describe('a thread that ends early', () => {
  it.each([
    ['exit', /early end: exit code 3\. Make batches in the training thread \(0 workers\)/],
    ['throw', /early end: a timer of the points failed\./],
    ['memory', /early end: its heap reached its limit\./],
  ])('by %s fails the batch it makes, the 2 that wait and a later one', async (how, message) => {
    const workers = startWorkers('openEnding', { how }, { heapMegabytes: 128 });
    const [first, ...others] = await fates(workers, 4);
    expect(first).toBe('made');
    expect(others).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(message)));
    const later = workers.batch(1, 5);
    await expect(later).rejects.toThrow(message);
    await expect(later).rejects.toSatisfy(CpcError.isInstance);
  });

  it('while idle fails all later batches, also those that the 1 of 3 that is left could make', async () => {
    const workers = startWorkers('openEnding', { how: 'idle' }, { workers: 3 });
    expect(await fates(workers, 4)).toEqual(Array.from({ length: 4 }, () => 'made')); // the first thread made 2, and stays
    await vi.waitFor(() => expect(workers.batch(1, 5)).rejects.toThrow(/early end: exit code 4/), { timeout: 10_000 });
    await expect(workers.batch(1, 6)).rejects.toThrow(/early end: exit code 4/);
  });
});

describe('close', () => {
  it('rejects the 3 batches that wait and 1 asked for later, and works twice, also at once', async () => {
    const workers = startWorkers('openEndless', {}, { workers: 2 });
    const waiting = fates(workers, 3);
    await Promise.all([workers.close(), workers.close()]);
    await workers.close();
    const refusal = expect.stringMatching(/early end: it was closed/);
    expect(await waiting).toEqual([refusal, refusal, refusal]);
    await expect(workers.batch(1, 4)).rejects.toThrow(/it was closed/);
  });
});

describe('numbers', () => {
  it('are 2 batches ahead with 1 thread, 4 with 3, and up to 65, what 64 threads would have', () => {
    expect(startWorkers('openPoints').ahead).toBe(2);
    expect(startWorkers('openPoints', {}, { workers: 3 }).ahead).toBe(4);
    expect(startWorkers('openPoints', {}, { workers: 1, ahead: 65 }).ahead).toBe(65);
  });

  it.each([
    { workers: 0 },
    { workers: 65 },
    { workers: 1.5 },
    { ahead: 0 },
    { ahead: 66 },
    { workers: 1, ahead: Number.NaN },
    { heapMegabytes: 0 },
    { heapMegabytes: Number.NaN },
    { heapMegabytes: Number.POSITIVE_INFINITY },
  ])('out of range are refused by name: %o', (options) => {
    const start = () => createBatchWorkers({ module, open: 'openPoints', request: {} }, options);
    const argument = Object.keys(options).at(-1);
    expect(start).toThrow(expect.objectContaining({ argument, received: Object.values(options).at(-1) }));
  });
});

// In a process of its own: this one is kept alive by its test runner.
it('a process that waits for 1 batch gets it, and ends although its idle worker was not closed', async () => {
  const program = fileURLToPath(new URL('../fixtures/idle-workers.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 30_000 });
  expect(stdout).toBe('2\n'); // points and candidates
});

describe('training on batches of threads', () => {
  it('gives, with 2 threads, the losses and parameters of this thread, to the last bit, over 6 steps and a resume', async () => {
    const domain: Domain = { ...createToyDomain(), ...openPoints() };
    const engine = await createEngine({ name: 'onnx', threads: 1 });
    const trained = async (options: Pick<TrainOptions, 'domain' | 'batches'>) => {
      const checkpoints = createMemoryCheckpointStore();
      const losses: number[] = [];
      for (const steps of [4, 6]) {
        const training = train({
          ...options,
          engine,
          steps,
          checkpoints,
          seed: 1,
          optimiser: adam({ learningRate: 0.01 }),
        });
        for await (const event of training) if (event.type === 'step-end') losses.push(event.lossNats);
      }
      return { losses, tensors: (await checkpoints.latest())?.tensors };
    };
    const here = await trained({ domain });
    expect(here.losses).toHaveLength(6);
    const neverDraws: Domain = { ...domain, draw: () => Promise.reject(new Error('drawn in this thread')) };
    expect(await trained({ domain: neverDraws, batches: startWorkers('openUneven', {}, { workers: 2 }) })).toEqual(
      here,
    );
  }, 300_000);
});
