import { createMemoryCheckpointStore } from '@cpc/core';
import { createBuiltInEnvironment } from '@cpc/environments';
import type { TrainingEventOf } from '@cpc/records';
import { describe, expect, it } from 'vitest';
import { stepsOf, tinySettings, trainTiny } from '../test-support/tiny-training.js';

type Step = TrainingEventOf<'step-end'>;

/** What does not depend on the clock. */
function numbersOf({ step, lossNats, accuracy, gradientNorm, agent }: Step) {
  const { framesPerSecond: _, actingShare: __, ...figures } = agent ?? { framesPerSecond: 0, actingShare: 0 };
  return { step, lossNats, accuracy, gradientNorm, ...figures };
}

const contrastive = { contrastive: true };

describe('trainAgent', () => {
  it('tells in order: run-start, 3 updates of 320 frames each, checkpoint-saved, run-end', async () => {
    const events = await trainTiny({ environment: 'cart_pole', steps: 3, settings: contrastive });
    expect(events.map(({ type }) => type)).toEqual([
      ...['run-start', 'step-end', 'step-end', 'step-end', 'checkpoint-saved', 'run-end'],
    ]);
    expect(stepsOf(events).map(({ agent }) => agent?.frames)).toEqual([320, 640, 960]);
    const last = stepsOf(events).at(-1);
    expect(last?.offsets).toEqual([1, 2, 3, 4, 5]);
    expect(last?.accuracy).toHaveLength(5);
    expect(last?.lossNats).toBeGreaterThan(0);
    expect(last?.agent?.episodes).toBeGreaterThan(0);
    expect(last?.agent?.explainedVariance).toBeLessThan(1);
    expect(last?.agent?.entropyNats).toBeCloseTo(Math.log(2), 1);
  });

  it('predicts nothing with the contrastive task off: no loss, no accuracy, no predictors to save', async () => {
    const checkpoints = createMemoryCheckpointStore();
    const [step] = stepsOf(await trainTiny({ environment: 'cart_pole', steps: 1, checkpoints }));
    expect(step).toMatchObject({ lossNats: 0, accuracy: [], boundNats: [], offsets: [] });
    const names = Object.keys((await checkpoints.latest())?.tensors ?? {});
    expect(names.filter((name) => name.includes('predictors'))).toEqual([]);
    expect(names).toContain('parameters/encoder/dense/kernel');
  });

  it('plays the same first 20 steps with the contrastive task on or off, and ends both with the same policy loss', async () => {
    const [on, off] = await Promise.all(
      [true, false].map(async (flag) => {
        const events = await trainTiny({ environment: 'cart_pole', steps: 1, settings: { contrastive: flag } });
        const { policyLoss, valueLoss, entropyNats, episodes, episodeReturn } = stepsOf(events)[0]?.agent ?? {};
        return { policyLoss, valueLoss, entropyNats, episodes, episodeReturn };
      }),
    );
    expect(on).toEqual(off);
    expect(on?.episodes).toBeGreaterThan(0);
  });

  it.each([
    ['cart_pole', contrastive],
    ['delayed_cue', {}],
  ])(
    'of %s ends with the same bytes and figures at once, and in sittings of 2, 1 and 3 updates',
    async (environment, settings) => {
      const inOneGo = createMemoryCheckpointStore();
      const whole = stepsOf(await trainTiny({ environment, settings, steps: 6, checkpoints: inOneGo }));
      const checkpoints = createMemoryCheckpointStore();
      const parts: Step[] = [];
      for (const steps of [2, 3, 6])
        parts.push(...stepsOf(await trainTiny({ environment, settings, steps, checkpoints })));
      expect(parts.map(numbersOf)).toEqual(whole.map(numbersOf));
      const [one, other] = [await inOneGo.latest(), await checkpoints.latest()];
      expect(Object.keys(one?.tensors ?? {}).filter((name) => name.startsWith('player/'))).toHaveLength(8);
      expect(other?.tensors).toEqual(one?.tensors);
    },
  );

  it('starts new episodes, and warns once, where it goes on with an environment that cannot save its state', async () => {
    const checkpoints = createMemoryCheckpointStore();
    const forgetful = () => {
      const { save: _, restore: __, ...others } = createBuiltInEnvironment({ name: 'cart_pole', copies: 16 });
      return others;
    };
    const first = await trainTiny({ environment: forgetful(), steps: 2, checkpoints });
    const second = await trainTiny({ environment: forgetful(), steps: 4, checkpoints });
    expect(first.some(({ type }) => type === 'warning')).toBe(false);
    expect(second.filter(({ type }) => type === 'warning')).toMatchObject([
      { message: expect.stringMatching(/cart_pole cannot save its state: new episodes start/) },
    ]);
    expect(stepsOf(second).map(({ step }) => step)).toEqual([3, 4]);
  });

  /** Another program that falls silent at a step; with the stop that then comes, if one does. */
  function silentFrom(silentStep: number, isStopped: boolean) {
    const { step, ...others } = createBuiltInEnvironment({ name: 'cart_pole', copies: 16 });
    let steps = 0;
    const environment = {
      ...{ ...others, isRemote: true },
      step: async (actions: Int32Array) => {
        if (++steps >= silentStep) throw new Error('no answer');
        return step(actions);
      },
    };
    return { environment, stopRequested: () => isStopped && steps >= silentStep };
  }

  it('saves update 2 where another program is silent at step 10 of update 3 and a stop is requested, and ends resumed with the bytes of one go', async () => {
    const inOneGo = createMemoryCheckpointStore();
    await trainTiny({ environment: 'cart_pole', steps: 6, checkpoints: inOneGo });
    const checkpoints = createMemoryCheckpointStore();
    const stopped = await trainTiny({ ...silentFrom(50, true), steps: 6, checkpoints });
    expect(stopped.at(-1)).toMatchObject({ type: 'run-end', step: 2, reason: 'interrupted' });
    await trainTiny({ environment: 'cart_pole', steps: 6, checkpoints });
    expect((await checkpoints.latest())?.tensors).toEqual((await inOneGo.latest())?.tensors);
  });

  it('fails where another program is silent at step 10 of update 3 and no stop is requested', async () => {
    await expect(trainTiny({ ...silentFrom(50, false), steps: 6 })).rejects.toThrow('no answer');
  });

  it('computes 2 updates alike on engine cpu and onnx, to 1e-3 in loss and gradient', async () => {
    const [oracle, compiled] = [
      stepsOf(await trainTiny({ environment: 'cart_pole', steps: 2, settings: contrastive, engine: { name: 'cpu' } })),
      stepsOf(await trainTiny({ environment: 'cart_pole', steps: 2, settings: contrastive })),
    ];
    for (const [index, { lossNats, gradientNorm, agent }] of oracle.entries()) {
      const other = compiled[index];
      expect(other?.lossNats).toBeCloseTo(lossNats, 3);
      expect((other?.gradientNorm ?? 0) / gradientNorm).toBeCloseTo(1, 3);
      expect(other?.agent?.episodes).toBe(agent?.episodes);
    }
  });

  it('refuses an environment of 4 copies where the settings say 16', async () => {
    const environment = createBuiltInEnvironment({ name: 'cart_pole', copies: 4 });
    await expect(trainTiny({ environment, steps: 1 })).rejects.toThrow(/an environment of 16 copies.*received 4/s);
  });

  it('stops at a reward of infinity, naming training step 1, and saves nothing', async () => {
    const { step, ...others } = createBuiltInEnvironment({ name: 'cart_pole', copies: 16 });
    const environment = {
      ...others,
      step: async (actions: Int32Array) => {
        const outcome = await step(actions);
        return { ...outcome, rewards: outcome.rewards.fill(Number.POSITIVE_INFINITY) };
      },
    };
    const checkpoints = createMemoryCheckpointStore();
    const settings = { ...tinySettings, rewardLimit: 0 };
    await expect(trainTiny({ environment, settings, steps: 2, checkpoints })).rejects.toThrow(
      /training step 1: expected a finite loss/,
    );
    expect(await checkpoints.list()).toEqual([]);
  });
});
