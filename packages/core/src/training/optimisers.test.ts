/** Optimisers and schedules in a training step: on both engines, interrupted and resumed. */

import { createRandom } from '@cpc/base';
import type { NamedHostTensors } from '@cpc/compile';
import type { TrainingEventOf } from '@cpc/records';
import { createToyDomain, largestRelativeDifference } from '@cpc/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryCheckpointStore } from '../checkpoint-store.js';
import { createEngine } from '../node/engines.js';
import { adam } from '../optimisers/adam.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { rmsprop } from '../optimisers/rmsprop.js';
import { cosineDecay, linearDecay, stepDecay, warmUp } from '../optimisers/schedules.js';
import { sgd } from '../optimisers/sgd.js';
import { initialiseModel } from './loss.js';
import { createTrainingStep } from './step.js';
import { type TrainOptions, train } from './train.js';

type Step = TrainingEventOf<'step-end'>;

/** Trains until each of the given steps, a new sitting every time; all steps, and what the last checkpoint holds. */
async function trained(
  options: Pick<TrainOptions, 'optimiser'>,
  until: readonly number[],
  engineName: 'onnx' | 'cpu' = 'onnx',
): Promise<{ steps: Step[]; tensors: NamedHostTensors }> {
  const checkpoints = createMemoryCheckpointStore();
  const steps: Step[] = [];
  for (const end of until) {
    const engine = await createEngine({ name: engineName });
    const settings = { domain: createToyDomain(), engine, seed: 3, steps: end, checkpoints };
    for await (const event of train({ ...settings, ...options })) if (event.type === 'step-end') steps.push(event);
  }
  return { steps, tensors: (await checkpoints.latest())?.tensors ?? {} };
}

const optimisers: Readonly<Record<string, Optimiser>> = {
  sgd: sgd({ learningRate: 0.1 }),
  'sgd with momentum': sgd({ learningRate: 0.1, momentum: 0.9 }),
  'sgd after Nesterov': sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  'rmsprop as in TensorFlow': rmsprop({ learningRate: 0.01, momentum: 0.5, epsilon: 0.1 }),
  'rmsprop as in PyTorch': rmsprop({ learningRate: 0.003, variant: 'pytorch' }),
  'adam with a schedule': adam({
    learningRate: warmUp({ steps: 3, learningRate: cosineDecay({ from: 0.02, steps: 6 }) }),
  }),
  'sgd with a schedule': sgd({
    learningRate: stepDecay([
      { steps: 3, rate: 0.1 },
      { steps: 9, rate: 0.01 },
    ]),
    momentum: 0.9,
  }),
};

for (const [name, optimiser] of Object.entries(optimisers)) {
  describe(name, () => {
    it('ends 8 steps with the same bytes at once, and in sittings of 2, 3 and 3', async () => {
      const whole = await trained({ optimiser }, [8]);
      const parts = await trained({ optimiser }, [2, 5, 8]);
      expect(parts.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      for (const key of ['lossNats', 'learningRate', 'gradientNorm'] as const)
        expect(parts.steps.map((step) => step[key])).toEqual(whole.steps.map((step) => step[key]));
      expect(Object.keys(parts.tensors)).toEqual(Object.keys(whole.tensors));
      for (const [path, { data }] of Object.entries(whole.tensors))
        expect(parts.tensors[path]?.data, path).toEqual(data);
    });

    it('computes 3 steps alike on engine cpu and onnx: parameters and moments within 1e-4 relative', async () => {
      const { tensors } = await trained({ optimiser }, [3], 'cpu');
      expect(largestRelativeDifference(tensors, (await trained({ optimiser }, [3])).tensors)).toBeLessThan(1e-4);
    });
  });
}

describe('a training step', () => {
  it('starts every mean square at 1 and every velocity at 0 for rmsprop as in TensorFlow', async () => {
    const domain = createToyDomain();
    const step = await createTrainingStep({
      domain,
      engine: await createEngine({ name: 'onnx' }),
      optimiser: rmsprop({ learningRate: 0.01, momentum: 0.5 }),
      parameters: initialiseModel(domain, createRandom(1)),
    });
    const values = (moment: string) =>
      Object.entries(step.state.current).flatMap(([name, { data }]) =>
        name.startsWith(`moments/${moment}/`) ? Array.from(data) : [],
      );
    expect(new Set(values('meanSquare'))).toEqual(new Set([1]));
    expect(new Set(values('velocity'))).toEqual(new Set([0]));
    expect(values('velocity')).toHaveLength(values('meanSquare').length);
    await step.dispose();
  });

  it('reports the rates of its schedule: 0.05, 0.1, 0.05, 0, and stands still at 0', async () => {
    const learningRate = warmUp({ steps: 2, learningRate: linearDecay({ from: 0.1, steps: 2 }) });
    const schedule = [1, 2, 3, 4, 5, 6].map(learningRate);
    expect(schedule).toEqual([0.05, 0.1, 0.1, 0.05, 0, 0]);
    const optimiser = sgd({ learningRate });
    const { steps, tensors } = await trained({ optimiser }, [6]);
    expect(steps.map((step) => step.learningRate)).toEqual(schedule);
    expect(tensors).toEqual((await trained({ optimiser }, [4])).tensors);
    expect(tensors).not.toEqual((await trained({ optimiser }, [3])).tensors);
  });

  it('learns with each: the loss of 120 steps falls by a fifth', async () => {
    for (const name of ['sgd with momentum', 'rmsprop as in TensorFlow', 'rmsprop as in PyTorch']) {
      const optimiser = optimisers[name];
      if (optimiser === undefined) throw new Error(name);
      const losses = (await trained({ optimiser }, [120])).steps.map(({ lossNats }) => lossNats);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean(losses.slice(-10)), name).toBeLessThan(0.8 * mean(losses.slice(0, 10)));
    }
  });
});
