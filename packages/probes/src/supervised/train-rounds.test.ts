import type { LossStep } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { type BestRound, type RoundLimits, trainRounds } from './train-rounds.js';

/** A step whose parameters are the number of its last update. */
function countingStep(): LossStep & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    run: async (_batch, update) => {
      asked.push(update);
      return 1 / update;
    },
    current: () => ({ last: { shape: [1], data: Float32Array.of(asked.at(-1) ?? 0) } }),
    dispose: async () => undefined,
  } as LossStep & { readonly asked: number[] };
}

async function trained(accuracies: readonly number[], limits: RoundLimits) {
  const step = countingStep();
  const left = [...accuracies];
  const drawn: number[] = [];
  const draw = async (update: number) => {
    drawn.push(update);
    return {};
  };
  const training = trainRounds({ step, draw, accuracyNow: async () => left.shift() ?? 0, perRound: 2, limits });
  const said: (number | undefined)[] = [];
  for (;;) {
    const { value, done } = await training.next();
    if (done === true) return { best: value as BestRound, said, drawn, asked: step.asked };
    said.push(value.validationAccuracy);
  }
}

describe('training that stops early', () => {
  it('ends 2 rounds after the best of 3, and has the parameters of update 4', async () => {
    const { best, drawn, asked } = await trained([0.5, 0.7, 0.7, 0.6, 0.9], { maxRounds: 9, patience: 2 });
    expect(best).toMatchObject({ bestRound: 2, validationAccuracy: 0.7, rounds: 4 });
    expect(best.parameters).toEqual({ last: { shape: [1], data: Float32Array.of(4) } });
    expect(drawn).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(asked).toEqual(drawn);
  });

  it('makes at least 4 rounds where it is told so, and at most 3 where that is the limit', async () => {
    expect((await trained([0.5, 0.4, 0.3, 0.6], { leastRounds: 4, maxRounds: 9, patience: 1 })).best.rounds).toBe(5);
    expect((await trained([0.1, 0.2, 0.3, 0.4], { maxRounds: 3, patience: 5 })).best).toMatchObject({
      ...{ rounds: 3, bestRound: 3 },
    });
  });

  it('tells the latest of 2 accuracies with every update, none before the first', async () => {
    const { said } = await trained([0.5, 0.4], { maxRounds: 2, patience: 5 });
    expect(said).toEqual([undefined, undefined, 0.5, 0.5]);
  });
});
