import { expect, it } from 'vitest';
import { meanOf, measureBaselines } from './baselines.js';

it('gives -1 for acting too early and 0 or so for waiting and guessing, in the task of memory', async () => {
  const { random, fixed, bestFixed } = await measureBaselines('delayed_cue', { episodes: 50 });
  expect(fixed.map(({ name, meanReturn, standardError }) => [name, meanReturn, standardError])).toEqual([
    ['left', -1, 0],
    ['right', -1, 0],
    ['wait', -1, 0], // waits when asked, too
  ]);
  expect(random.meanReturn).toBeLessThan(-0.9);
  expect(bestFixed.name).toBe('left');
});

it('lets cart-pole fall after 9 to 10 pushes to one side, and 15 to 30 at random', async () => {
  const { random, fixed } = await measureBaselines('cart_pole', { episodes: 100 });
  for (const { meanReturn } of fixed) {
    expect(meanReturn).toBeGreaterThan(8);
    expect(meanReturn).toBeLessThan(11);
  }
  expect(random.meanReturn).toBeGreaterThan(15);
  expect(random.meanReturn).toBeLessThan(30);
  expect(random.standardError).toBeGreaterThan(0.3);
});

it('earns more apples than lemons nowhere by chance: within 4 standard errors of 0 for seekavoid_arena', async () => {
  const { random } = await measureBaselines('seekavoid_arena', { episodes: 60 });
  expect(Math.abs(random.meanReturn)).toBeLessThan(4 * random.standardError);
});

it('gives returns 1 and 3 a mean of 2 and a standard error of 1', () => {
  expect(meanOf([1, 3])).toEqual({ meanReturn: 2, standardError: 1 });
});

it('refuses to measure with 1 episode', async () => {
  await expect(measureBaselines('cart_pole', { episodes: 1 })).rejects.toThrow('episodes to be a whole number from 2');
});
