import { createRandom } from '@cpc/base';
import { createToyDomain } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCheckpointStore } from '../checkpoint-store.js';
import type { Engine } from '../engines/engine.js';
import { createEngine } from '../node/engines.js';
import { adam } from '../optimisers/adam.js';
import type { HostArray, Tree } from '../parameter-tree.js';
import { batchOf } from './batches.js';
import { type EvaluateOptions, evaluate, evaluateBatches } from './evaluate.js';
import { initialiseModel, initialStream } from './loss.js';
import { createTrainingStep } from './step.js';
import { parametersOf, train } from './train.js';

const engines: Record<string, Engine> = {};
beforeAll(async () => {
  engines.onnx = await createEngine({ name: 'onnx', threads: 1 });
  engines.cpu = await createEngine({ name: 'cpu' });
});

const untrained = () => initialiseModel(createToyDomain(), initialStream(1));
const evaluated = (change: Partial<EvaluateOptions> = {}) =>
  evaluate({
    domain: createToyDomain(),
    engine: engines.onnx as Engine,
    parameters: untrained(),
    random: createRandom(9),
    batches: 20,
    ...change,
  });

async function trainedFor(steps: number): Promise<Tree<HostArray>> {
  const checkpoints = createMemoryCheckpointStore();
  const run = { domain: createToyDomain(), engine: engines.onnx as Engine, seed: 1, steps, checkpoints };
  for await (const _ of train({ ...run, optimiser: adam({ learningRate: 0.01 }) }));
  return parametersOf((await checkpoints.latest()) ?? { step: 0, tensors: {}, metadata: {} });
}

describe.each(['onnx', 'cpu'])('evaluate on %s', (name) => {
  it('agrees with the training step on the same 3 batches, at parameters that it leaves as they are, to 1e-5', async () => {
    const [domain, engine, parameters] = [createToyDomain(), engines[name] as Engine, untrained()];
    const before = structuredClone(parameters);
    const result = await evaluated({ domain, engine, parameters, batches: 3 });
    expect(parameters).toEqual(before);
    const step = await createTrainingStep({ domain, engine, parameters, optimiser: adam({ learningRate: 0.01 }) });
    const sums = { loss: 0, accuracy: 0, bound: 0 };
    for (const number of [1, 2, 3]) {
      const { metrics } = await step.gradients(await batchOf(domain, createRandom(9), number));
      sums.loss += metrics.loss?.data[0] ?? Number.NaN;
      sums.accuracy += metrics.accuracyPerStep?.data[1] ?? Number.NaN;
      sums.bound += metrics.boundPerStep?.data[1] ?? Number.NaN;
    }
    await step.dispose();
    expect(Math.abs(result.lossNats - sums.loss / 3)).toBeLessThan(1e-5);
    expect(Math.abs((result.accuracy[1] ?? Number.NaN) - sums.accuracy / 3)).toBeLessThan(1e-5);
    expect(Math.abs((result.boundNats[1] ?? Number.NaN) - sums.bound / 3)).toBeLessThan(1e-5);
  });
});

describe('evaluate', () => {
  it('finds 12 untrained models within 0.03 of chance on average, about 1 in 12.7, and a trained one far above it', async () => {
    const domain = createToyDomain();
    const models = Array.from({ length: 12 }, (_, index) => initialiseModel(domain, initialStream(index)));
    const results = await Promise.all(models.map((parameters) => evaluated({ parameters })));
    for (const index of [0, 1]) {
      const mean = results.reduce((sum, { accuracy }) => sum + (accuracy[index] ?? Number.NaN), 0) / 12;
      const chance = results[0]?.chance[index] ?? Number.NaN;
      expect(chance).toBeGreaterThan(1 / 13); // 12 candidates, of which the positive is left out, and the positive itself
      expect(chance).toBeLessThan(1 / 12);
      expect(Math.abs(mean - chance)).toBeLessThan(0.03);
    }
    const trained = await evaluated({ parameters: await trainedFor(150) });
    expect(trained.accuracy[0]).toBeGreaterThan(0.25);
    expect(trained.lossNats).toBeLessThan(0.8 * (results[1]?.lossNats ?? 0));
  });

  it('has an entry for each of offsets 2 and 5, whose mean is the loss', async () => {
    const domain = { ...createToyDomain(), offsets: [2, 5] };
    const result = await evaluated({ domain, parameters: initialiseModel(domain, initialStream(1)) });
    expect(result.offsets).toEqual([2, 5]);
    const [first = Number.NaN, second = Number.NaN] = result.lossNatsPerStep;
    expect(result.lossNats).toBeCloseTo((first + second) / 2, 5);
    expect([result.accuracy.length, result.boundNats.length, result.chance.length]).toEqual([2, 2, 2]);
  });

  it('gives the same figures twice from the same stream, and others from another', async () => {
    expect(await evaluated()).toEqual(await evaluated());
    expect((await evaluated({ random: createRandom(10) })).lossNats).not.toBe((await evaluated()).lossNats);
  });

  it('tells of 3 batches one by one: the first alone, then the first two, and left there draws no third', async () => {
    const seen = [];
    let drawn = 0;
    const toy = createToyDomain();
    const domain: typeof toy = {
      ...toy,
      draw: (random) => {
        drawn += 1;
        return toy.draw(random);
      },
    };
    const asked = {
      domain,
      engine: engines.onnx as Engine,
      parameters: untrained(),
      random: createRandom(9),
      batches: 3,
    };
    for await (const evaluation of evaluateBatches(asked)) {
      seen.push(evaluation);
      if (evaluation.batches === 2) break;
    }
    expect(seen).toEqual([await evaluated({ batches: 1 }), await evaluated({ batches: 2 })]);
    expect(drawn).toBe(2);
  });

  it('leaves no tensor behind on an eager engine after 2 batches', async () => {
    await evaluated({ engine: engines.cpu as Engine, batches: 1 });
    const before = tf.memory().numTensors;
    await evaluated({ engine: engines.cpu as Engine, batches: 2 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names batch 2 where its loss is not finite', async () => {
    const failed = evaluated({ domain: createToyDomain({ infiniteAt: 2 }) });
    await expect(failed).rejects.toThrow(/evaluate: batch 2: expected a finite loss/);
  });

  it('refuses 0 batches', async () => {
    await expect(evaluated({ batches: 0 })).rejects.toThrow(/batches as a whole number above 0, received 0/);
  });
});
