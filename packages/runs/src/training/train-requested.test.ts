import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decayingAdam } from '@cpc/core';
import type { TrainingEvent } from '@cpc/records';
import { createToyDomain } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainRequest } from '../commands/requests.js';
import { readRunRecord } from '../run-folder/run-folder.js';
import { trainRequested } from './train-requested.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-requested-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Stops after 4 updates at the latest. */
async function run(name: string, learningRateDecaySteps: number, asked: Partial<TrainRequest>) {
  const request: TrainRequest = {
    ...{ data: 'toy', preset: 'small', overrides: {}, seed: 3, engine: { name: 'onnx', threads: 1 }, strict: false },
    ...{ resume: false, command: 'cpc toy train', out: join(folder, name), ...asked },
  };
  const settings = { learningRate: 0.01, learningRateDecaySteps, clipNorm: 0.5 };
  let steps = 0;
  const training = {
    ...{ domain: createToyDomain(), settings, optimiser: decayingAdam(settings), stepsPerEpoch: 1.5 },
    ...{ versions: { '@cpc/core': '1.0.0' }, dataFingerprint: 'circles', data: { counts: {}, skipped: [] } },
    ...{ resolved: { clipNorm: { value: 0.5, source: 'preset' } as const }, modelMetadata: {} },
    exportModel: async () => undefined,
  };
  const events: TrainingEvent[] = [];
  for await (const event of trainRequested(request, training, { stopRequested: () => steps >= 4 })) {
    if (event.type === 'step-end') steps = event.step;
    events.push(event);
  }
  return events;
}

function toldOf(events: readonly TrainingEvent[]): (string | number)[] {
  return events.flatMap((event): (string | number)[] => {
    if (event.type === 'step-end') return [event.step];
    return event.type === 'warning' ? [event.message] : [];
  });
}

describe('trainRequested', () => {
  it('makes 2 updates in an epoch of 1.5, at a rate that ends with them, and keeps preset, seed and settings', async () => {
    const events = await run('epoch', 2, { epochs: 1 });
    expect(toldOf(events)).toEqual([1, 2]);
    const rates = events.flatMap((event) => (event.type === 'step-end' ? [event.learningRate] : []));
    expect(rates).toEqual([0.01, 0.005]);
    const record = await readRunRecord(join(folder, 'epoch'));
    expect(record).toMatchObject({ preset: 'small', seed: 3, settings: { clipNorm: { value: 0.5 } } });
  });

  it('warns of the last 1 of 3 updates before the first where the rate is 0 after 2', async () => {
    expect(toldOf(await run('late', 2, { steps: 3 }))).toEqual([
      'learningRateDecaySteps is 2, after which the rate is 0: the last 1 of 3 updates learn nothing. Set learningRateDecaySteps=3 to decay over the whole run, or 0 for a rate that stays.',
      ...[1, 2, 3],
    ]);
  });

  it('warns once, at the first update that learns nothing, where only minutes were asked for', async () => {
    expect(toldOf(await run('minutes', 2, { minutes: 60 }))).toEqual([
      ...[1, 2],
      expect.stringMatching(/^learningRateDecaySteps is 2, .*: updates from now on learn nothing\. Set .*=UPDATES/),
      ...[3, 4],
    ]);
  });

  it('warns of nothing where the rate stays', async () => {
    expect(toldOf(await run('stays', 0, { minutes: 60 }))).toEqual([1, 2, 3, 4]);
  });
});
