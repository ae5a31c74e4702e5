import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import type { Actor, Moment } from '../agent/actor.js';
import { fixedPolicy, randomPolicy, trainedPolicy } from './policies.js';

const copies = 200;
const moment: Moment = {
  observations: new Float32Array(copies),
  lastRewards: new Float32Array(copies),
  lastActions: new Int32Array(copies),
  starts: new Float32Array(copies),
};

/** Likes action 1 of 3 best, and action 2 half as much. */
const actor: Actor = {
  act: async () => ({
    logits: Float32Array.from({ length: 3 * copies }, (_, index) => [-1000, Math.log(2), 0][index % 3] ?? 0),
    values: new Float32Array(copies),
  }),
  valuesOf: async () => new Float32Array(copies),
  state: () => ({ hidden: { shape: [0], data: new Float32Array() }, cell: { shape: [0], data: new Float32Array() } }),
  load: () => undefined,
  dispose: async () => undefined,
};

const counts = (actions: Int32Array) => [0, 1, 2].map((action) => actions.filter((taken) => taken === action).length);

describe('the trained policy', () => {
  const options = { actionCount: 3, random: createRandom(1) };

  it('draws an action twice as likely as another about 133 times of 200, and never the impossible one', async () => {
    const [none, first = 0] = counts(await trainedPolicy(actor, { ...options, greedy: false }).act(moment));
    expect(none).toBe(0);
    expect(first).toBeGreaterThan(110);
    expect(first).toBeLessThan(156);
  });

  it('takes the likeliest action 200 times of 200 where it is greedy', async () => {
    expect(counts(await trainedPolicy(actor, { ...options, greedy: true }).act(moment))).toEqual([0, 200, 0]);
  });
});

it('policies that learnt nothing are named random and always right, and act so', async () => {
  const random = randomPolicy(3, createRandom(1));
  expect(random.name).toBe('random');
  for (const count of counts(await random.act(moment))) expect(count).toBeGreaterThan(40);
  const fixed = fixedPolicy(['left', 'wait', 'right'], 2);
  expect(fixed.name).toBe('always right');
  expect(counts(await fixed.act(moment))).toEqual([0, 0, 200]);
});
