import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { advantagesOf, clippedReward, discountedReturns, explainedVariance, type RewardedSteps } from './returns.js';

/** Two copies of 7 steps: copy 0 terminates on step 2 and is cut off on step 4; copy 1 terminates on its last step. */
function experience(): RewardedSteps {
  const random = createRandom(1);
  const [copies, steps] = [2, 7];
  const floats = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const ended = Uint8Array.from([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  const finalValues = new Float32Array(copies * steps);
  finalValues[4] = 3;
  return { copies, steps, rewards: floats(copies * steps), ended, finalValues, following: floats(copies) };
}

/** The definition, one return at a time: rewards up to the end of the episode or unroll, each with its power of the discount. */
function oracle({ copies, steps, rewards, ended, finalValues, following }: RewardedSteps, discount: number): number[] {
  const returns: number[] = [];
  for (let copy = 0; copy < copies; copy++) {
    for (let step = 0; step < steps; step++) {
      let total = 0;
      let later = step;
      let isOver = false;
      while (!isOver && later < steps) {
        const place = copy * steps + later;
        total += discount ** (later - step) * (rewards[place] ?? 0);
        isOver = ended[place] === 1;
        if (isOver) total += discount ** (later - step + 1) * (finalValues[place] ?? 0);
        later += 1;
      }
      returns.push(isOver ? total : total + discount ** (later - step) * (following[copy] ?? 0));
    }
  }
  return returns;
}

describe('discounted returns', () => {
  it.each([0.99, 0.5, 0, 1])('with discount %d agree with sums written out, to 1e-6', (discount) => {
    const given = experience();
    const returns = discountedReturns(given, discount);
    for (const [index, expected] of oracle(given, discount).entries()) expect(returns[index]).toBeCloseTo(expected, 6);
  });

  it('of three rewards of 1 are 1 + 0.5 + 0.25 and less: nothing follows an episode that ended by itself', () => {
    const whole = { copies: 1, steps: 3, rewards: Float32Array.of(1, 1, 1), following: Float32Array.of(100) };
    const none = { ended: Uint8Array.of(0, 0, 1), finalValues: new Float32Array(3) };
    expect(Array.from(discountedReturns({ ...whole, ...none }, 0.5))).toEqual([1.75, 1.5, 1]);
  });

  it('hold the value of what was last seen where an episode was cut off: 1 + 0.5 * 8, not 1', () => {
    const cut = { copies: 1, steps: 2, rewards: Float32Array.of(1, 1), following: Float32Array.of(100) };
    const returns = discountedReturns({ ...cut, ended: Uint8Array.of(0, 1), finalValues: Float32Array.of(0, 8) }, 0.5);
    expect(Array.from(returns)).toEqual([3.5, 5]);
  });

  it('hold the value of what follows the unroll where nothing ended: 1 + 0.5 (1 + 0.5 * 100)', () => {
    const open = { copies: 1, steps: 2, rewards: Float32Array.of(1, 1), following: Float32Array.of(100) };
    const returns = discountedReturns({ ...open, ended: new Uint8Array(2), finalValues: new Float32Array(2) }, 0.5);
    expect(Array.from(returns)).toEqual([26.5, 51]);
  });
});

it('advantages are returns minus values: 3 - 5 = -2', () => {
  expect(Array.from(advantagesOf(Float32Array.of(3, 1), Float32Array.of(5, 1)))).toEqual([-2, 0]);
});

describe('explained variance', () => {
  const returns = Float32Array.of(1, 2, 3, 4);
  it.each([
    ['the returns themselves', [1, 2, 3, 4], 1],
    ['the returns, all 7 too high', [8, 9, 10, 11], 1],
    ['a constant', [2, 2, 2, 2], 0],
    ['the returns turned around', [4, 3, 2, 1], -3],
  ])('of %s as values is as it should be', (_, values, expected) => {
    expect(explainedVariance(returns, Float32Array.from(values))).toBeCloseTo(expected, 6);
  });

  it('is undefined where all 3 returns are equal', () => {
    expect(explainedVariance(Float32Array.of(2, 2, 2), Float32Array.of(1, 2, 3))).toBeUndefined();
  });
});

it.each([
  [3, 1, 1],
  [-3, 1, -1],
  [0.5, 1, 0.5],
  [30, 0, 30],
])('a reward of %d counts within a limit of %d as %d', (reward, limit, expected) => {
  expect(clippedReward(reward, limit)).toBe(expected);
});
