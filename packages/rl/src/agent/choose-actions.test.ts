import { createRandom } from '@cpc/core';
import { expect, it } from 'vitest';
import { drawActions, likeliestActions } from './choose-actions.js';

it('draws 3 actions as often as their softmax says, to 2 in 100, over 20,000 copies', () => {
  const logits = Float32Array.from({ length: 60_000 }, (_, index) => [0, 1, -1][index % 3] ?? 0);
  const actions = drawActions(logits, 3, createRandom(1));
  const total = 1 + Math.E + 1 / Math.E;
  for (const [action, weight] of [1, Math.E, 1 / Math.E].entries()) {
    const share = actions.filter((drawn) => drawn === action).length / actions.length;
    expect(Math.abs(share - weight / total)).toBeLessThan(0.02);
  }
});

it('draws the only possible action of each of 2 copies, at logits of 1000 and -1000', () => {
  const logits = Float32Array.of(-1000, 1000, 0, 1000, 0, -1000);
  for (const seed of [1, 2, 3]) expect(Array.from(drawActions(logits, 3, createRandom(seed)))).toEqual([1, 0]);
});

it('draws the same for seed 5 twice, and something else for seed 6', () => {
  const logits = new Float32Array(100);
  const drawn = (seed: number) => String(drawActions(logits, 2, createRandom(seed)));
  expect(drawn(5)).toBe(drawn(5));
  expect(drawn(5)).not.toBe(drawn(6));
});

it('takes the likeliest action of each of 2 copies, the first of equal ones', () => {
  expect(Array.from(likeliestActions(Float32Array.of(0, 2, 1, -3, -1, -1), 3))).toEqual([1, 1]);
});
