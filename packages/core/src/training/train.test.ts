import { CpcArgumentError } from '@cpc/base';
import type { TrainingEvent, TrainingEventOf } from '@cpc/records';
import { createToyDomain, describeDomain, stoppedAfter } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type CheckpointStore, createMemoryCheckpointStore } from '../checkpoint-store.js';
import { createEngine } from '../node/engines.js';
import { adam } from '../optimisers/adam.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { flatten } from '../parameter-tree.js';
import { type BatchSource, batchesInThread } from './batches.js';
import type { Domain } from './domain.js';
import { untrainedModel, withoutPredictors } from './loss.js';
import { NotFiniteError } from './require-finite.js';
import { parametersOf, type TrainOptions, train } from './train.js';

describeDomain('toy', { create: () => createToyDomain() });

async function run(options: Partial<TrainOptions>): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of running(options)) events.push(event);
  return events;
}

async function* running(options: Partial<TrainOptions>): AsyncGenerator<TrainingEvent> {
  const engine = await createEngine({ name: 'onnx', threads: 1 });
  const defaults = {
    domain: createToyDomain(),
    engine,
    optimiser: adam({ learningRate: 0.01 }),
    seed: 1,
    checkpoints: createMemoryCheckpointStore(),
  };
  yield* train({ ...defaults, ...options });
}

/** Gradient descent with rate 1: what the seam between gradients and update hands over becomes visible. */
const plainDescent: Optimiser = {
  name: 'plain',
  moments: {},
  scalars: () => ({ learningRate: 1 }),
  update: ({ parameter, gradient }) => ({ parameter: tf.sub(parameter, gradient), moments: {} }),
};

/** The loss stays as it is, the gradient does not: the root of a square has no slope at 0, and all points lie there. */
function withEndlessSlopeAtZero(domain: Domain): Domain {
  return {
    ...domain,
    draw: async () => ({ points: { shape: [4, 10, 2], data: new Float32Array(80) } }),
    encode: (parameters, batch) =>
      tf.tidy(() => {
        const latents = domain.encode(parameters, batch);
        return tf.sqrt(tf.square(tf.sub(latents, latents))) as tf.Tensor3D;
      }),
  };
}

function stepsOf(events: readonly TrainingEvent[]): TrainingEventOf<'step-end'>[] {
  return events.filter((event) => event.type === 'step-end');
}

describe('train', () => {
  it('starts near ln 13 nats with 12 candidates and falls by a third within 150 steps on circles', async () => {
    const losses = stepsOf(await run({ steps: 150 })).map(({ lossNats }) => lossNats);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(losses.slice(0, 3)) - Math.log(13))).toBeLessThan(0.6);
    expect(mean(losses.slice(-10))).toBeLessThan(0.67 * mean(losses.slice(0, 10)));
  });

  it('tells what happened in order: run-start, step-end per step, checkpoint-saved, run-end', async () => {
    const types = (await run({ steps: 3 })).map(({ type }) => type);
    expect(types).toEqual(['run-start', 'step-end', 'step-end', 'step-end', 'checkpoint-saved', 'run-end']);
  });

  it('saves every 2 steps when told to, and at the end', async () => {
    const saved = (await run({ steps: 5, checkpointEverySteps: 2 })).filter(({ type }) => type === 'checkpoint-saved');
    expect(saved.map((event) => 'step' in event && event.step)).toEqual([2, 4, 5]);
  });

  it('finishes the step, saves and says interrupted when asked to stop', async () => {
    const checkpoints = createMemoryCheckpointStore();
    const events = await stoppedAfter(3, (control) => running({ steps: 100, checkpoints, ...control }));
    expect(events.at(-1)).toMatchObject({ type: 'run-end', step: 3, reason: 'interrupted' });
    expect((await checkpoints.latest())?.step).toBe(3);
  });

  it('goes on from step 3 to 5 with the losses of an uninterrupted run, to the last bit', async () => {
    const whole = stepsOf(await run({ steps: 5 })).map(({ lossNats }) => lossNats);
    const checkpoints = createMemoryCheckpointStore();
    await run({ steps: 3, checkpoints });
    const rest = stepsOf(await run({ steps: 5, checkpoints }));
    expect(rest.map(({ step }) => step)).toEqual([4, 5]);
    expect(rest.map(({ lossNats }) => lossNats)).toEqual(whole.slice(3));
  });

  it('refuses a checkpoint of another seed, and one of other settings', async () => {
    const checkpoints = createMemoryCheckpointStore();
    await run({ steps: 1, checkpoints, fingerprint: 'a' });
    await expect(run({ steps: 2, checkpoints, seed: 2, fingerprint: 'a' })).rejects.toThrow(
      /seed of this run \(2\), received 1/,
    );
    await expect(run({ steps: 2, checkpoints, fingerprint: 'b' })).rejects.toThrow(/settings and data/);
  });

  it('stops at a loss that is not finite, naming step 3 and the checkpoint of step 2, which stays whole', async () => {
    const checkpoints = createMemoryCheckpointStore();
    const failed = run({ domain: createToyDomain({ infiniteAt: 3 }), steps: 9, checkpoints, checkpointEverySteps: 1 });
    await expect(failed).rejects.toThrow(/training step 3: expected a finite loss.*last checkpoint is memory:step-2/);
    const parameters = (await checkpoints.latest())?.tensors ?? {};
    for (const { data } of Object.values(parameters)) expect(data.every(Number.isFinite)).toBe(true);
  });

  it('gives the parameters of update 1, from which a loss was finite, where that of step 3 is not; none where the first is not', async () => {
    const seen: unknown[] = [];
    for (const infiniteAt of [3, 1]) {
      const failed = run({ domain: createToyDomain({ infiniteAt }), steps: 5 });
      await failed.catch((error: unknown) => seen.push(error));
    }
    const one = createMemoryCheckpointStore();
    await run({ domain: createToyDomain(), steps: 1, checkpoints: one });
    const [third, first] = seen.map((error) => (NotFiniteError.isInstance(error) ? error.lastGood : error));
    const expected = await one.latest();
    expect(third).toEqual({ step: 1, parameters: expected && parametersOf(expected) });
    expect(first).toBeUndefined();
  });

  it('stops at a gradient that is not finite, naming step 2 and the checkpoint resumed from, which stays whole', async () => {
    const checkpoints = createMemoryCheckpointStore();
    await run({ steps: 1, checkpoints });
    const before = await checkpoints.latest();
    const failed = run({ domain: withEndlessSlopeAtZero(createToyDomain()), steps: 9, checkpoints });
    await expect(failed).rejects.toThrow(
      /training step 2: expected a finite gradient norm, received (NaN|Infinity).*last checkpoint is memory:step-1/,
    );
    expect(await checkpoints.latest()).toEqual(before);
  });

  it('saves once, not twice, at the end of 4 steps with a checkpoint every 2', async () => {
    const saved = (await run({ steps: 4, checkpointEverySteps: 2 })).filter(({ type }) => type === 'checkpoint-saved');
    expect(saved.map((event) => 'step' in event && event.step)).toEqual([2, 4]);
  });

  it('refuses to start again over 2 checkpoints that are both damaged, and names them', async () => {
    const store = createMemoryCheckpointStore();
    const damaged = ['a', 'b'].map((path) => ({ path, reason: 'cut off' }));
    const checkpoints: CheckpointStore = {
      ...store,
      latest: async (onDamaged) => {
        for (const each of damaged) onDamaged?.(each);
        return undefined;
      },
    };
    await expect(run({ steps: 1, checkpoints })).rejects.toThrow(/2, all damaged: a, b\. Nothing was deleted/);
    expect(await store.list()).toEqual([]);
  });

  it('shows of two fingerprints of 2,000 characters only where they part', async () => {
    const checkpoints = createMemoryCheckpointStore();
    const long = 'x'.repeat(2000);
    await run({ steps: 0, checkpoints, fingerprint: `${long} rate 1` });
    const refusal = await run({ steps: 1, checkpoints, fingerprint: `${long} rate 2` }).catch(String);
    expect(refusal).toContain('xxx rate 2), received …');
    expect(String(refusal).length).toBeLessThan(400);
  });

  it('passes on what a batch failed with, after the steps before it', async () => {
    await expect(run({ domain: createToyDomain({ failAt: 2 }), steps: 9 })).rejects.toThrow(
      'the toy ran out of points',
    );
  });

  it('moves parameters by 1e-3 in all where clipNorm is 1e-3 and the rule is parameter minus gradient', async () => {
    const checkpoints = createMemoryCheckpointStore();
    await run({ steps: 0, checkpoints, optimiser: plainDescent });
    const before = (await checkpoints.latest())?.tensors ?? {};
    const events = stepsOf(await run({ steps: 1, checkpoints, optimiser: plainDescent, clipNorm: 1e-3 }));
    const after = (await checkpoints.latest())?.tensors ?? {};
    let squares = 0;
    for (const [path, { data }] of Object.entries(before)) {
      for (const [index, value] of data.entries()) squares += ((after[path]?.data[index] ?? 0) - value) ** 2;
    }
    expect(Math.sqrt(squares)).toBeCloseTo(1e-3, 5);
    expect(events[0]?.gradientNorm).toBeGreaterThan(0.1); // reported as it was before clipping
  });

  it('starts from the untrained model of its seed: step 0 holds its very numbers, and those of seed 2 are others', async () => {
    const checkpoints = createMemoryCheckpointStore();
    await run({ steps: 0, seed: 7, checkpoints });
    const first = await checkpoints.latest();
    const started = withoutPredictors(flatten(parametersOf(first ?? { step: 0, tensors: {}, metadata: {} })));
    expect(flatten(untrainedModel(createToyDomain(), 7))).toEqual(started);
    expect(flatten(untrainedModel(createToyDomain(), 2))).not.toEqual(started);
  });

  it('refuses to run without an end, or with 2.5 steps', async () => {
    await expect(run({})).rejects.toThrow(/steps .* or minutes/);
    await expect(run({ steps: 2.5 })).rejects.toThrow(/whole number/);
    await expect(run({ minutes: 0 })).rejects.toThrow(/minutes/);
  });

  it.each([
    { clipNorm: 0 },
    { clipNorm: Number.NaN },
    { clipNorm: Number.POSITIVE_INFINITY },
    { checkpointEverySteps: 0 },
    { checkpointEverySteps: 1.5 },
    { checkpointEverySeconds: 0 },
    { checkpointEverySeconds: Number.NaN },
  ])('refuses %o, naming it', async (option) => {
    const refusal = run({ steps: 1, ...option });
    await expect(refusal).rejects.toMatchObject({ argument: Object.keys(option)[0] });
    await expect(refusal).rejects.toSatisfy(CpcArgumentError.isInstance);
  });

  it('tells of offsets 2 and 5 as they are, and refuses offset 2 twice', async () => {
    const [step] = stepsOf(await run({ domain: { ...createToyDomain(), offsets: [2, 5] }, steps: 1 }));
    expect(step).toMatchObject({ firstPredictionStep: 2, offsets: [2, 5] });
    await expect(run({ domain: { ...createToyDomain(), offsets: [2, 2] }, steps: 1 })).rejects.toThrow(
      /none twice.*received \[2, 2\]/,
    );
  });

  it('says nothing of threads where the engine decides about them', async () => {
    const [start] = await run({ steps: 0, engine: await createEngine({ name: 'cpu' }) });
    expect(start).toMatchObject({ type: 'run-start', engine: { name: 'cpu' } });
    expect(JSON.stringify(start)).not.toContain('threads');
  });
});

describe('batches from elsewhere', () => {
  it('are asked for with the seed of the run, from the step resumed at to the last: 3 to 5', async () => {
    const checkpoints = createMemoryCheckpointStore();
    await run({ steps: 2, seed: 9, checkpoints });
    const asked: number[][] = [];
    const source = batchesInThread(createToyDomain());
    const batch: BatchSource['batch'] = (seed, step) => {
      asked.push([seed, step]);
      return source.batch(seed, step);
    };
    await run({ steps: 5, seed: 9, checkpoints, batches: { ahead: 7, batch } });
    expect(asked).toEqual([3, 4, 5].map((step) => [9, step]));
  });

  it('that found a.wav damaged in each of 3 steps tell of it once, before the step; of b.wav in step 2', async () => {
    const source = batchesInThread(createToyDomain());
    const damagedAt = (step: number) => (step === 2 ? ['a.wav', 'b.wav', 'b.wav'] : ['a.wav']);
    const batch: BatchSource['batch'] = async (seed, step) => ({
      ...(await source.batch(seed, step)),
      damaged: damagedAt(step).map((path) => ({ path, reason: `${path}: cut off` })),
    });
    const events = await run({ steps: 3, batches: { ahead: 2, batch } });
    expect(events.slice(1, 6).map((event) => ('path' in event ? event.path : event.type))).toEqual(
      ['a.wav', 'step-end', 'b.wav', 'step-end', 'step-end'], //
    );
    expect(events[1]).toEqual({ type: 'input-damaged', path: 'a.wav', reason: 'a.wav: cut off' });
  });

  it('that come late are waited for, and the wait counts as time spent training', async () => {
    const source = batchesInThread(createToyDomain());
    const batch: BatchSource['batch'] = async (seed, step) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return source.batch(seed, step);
    };
    const [step] = stepsOf(await run({ steps: 1, batches: { ahead: 1, batch } }));
    expect(step?.inputWaitMilliseconds).toBeGreaterThan(1);
    expect(step?.trainedSeconds).toBeGreaterThan(
      ((step?.inputWaitMilliseconds ?? 0) + (step?.stepMilliseconds ?? 0)) / 1001,
    );
  });
});

describe('parametersOf', () => {
  it('names the empty store when there are 0 checkpoints', async () => {
    const empty = await createMemoryCheckpointStore().latest();
    expect(() => parametersOf(empty)).toThrow(/parametersOf: expected a checkpoint, received none: the store is empty/);
  });
});
