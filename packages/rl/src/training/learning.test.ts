/** That agents learn: to balance a pole, and to remember. */
import type { TrainingEventOf } from '@cpc/records';
import { describe, expect, it } from 'vitest';
import type { RlSettings } from '../presets.js';
import { lateReturn, stepsOf, trainTiny } from '../test-support/tiny-training.js';

type Step = TrainingEventOf<'step-end'>;

it('balances a pole for 475 of 500 steps on average over 100 episodes, which counts as solved, within 2,000 updates', async () => {
  const settings: Partial<RlSettings> = {
    ...{ learningRate: 4e-3, learningRateDecaySteps: 2000, clipNorm: 300 },
    ...{ discount: 0.98, baselineCost: 0.1, entropyCost: 3e-3 },
  };
  const seen: Step[] = [];
  const isSolved = (step: Step) => {
    seen.push(step);
    return (lateReturn(seen) ?? 0) >= 475;
  };
  await trainTiny({ environment: 'cart_pole', settings, steps: 2000, until: isSolved });
  expect(lateReturn(seen)).toBeGreaterThanOrEqual(475);
}, 240_000);

describe('a cue that is asked for 6 steps later', () => {
  const learned = async (memory: boolean) => {
    const settings = { memory, learningRate: 2e-3, entropyCost: 0.01 };
    return lateReturn(stepsOf(await trainTiny({ environment: 'delayed_cue', settings, steps: 400 }))) ?? Number.NaN;
  };

  it('is remembered after 400 updates: a return above 0.9 of 1', async () => {
    expect(await learned(true)).toBeGreaterThan(0.9);
  }, 120_000);

  it('is guessed at by an agent without memory, which is as often right as wrong: a return within 0.35 of 0', async () => {
    expect(Math.abs(await learned(false))).toBeLessThan(0.35);
  }, 120_000);
});
