import { expect, it } from 'vitest';
import { summariseEpisodes } from './summarise-episodes.js';

it('4 episodes with returns 1, 2, 3 and 6 have a mean of 3 and a standard error of sqrt(14 / 3) / 2', () => {
  const played = [1, 2, 3, 6].map((value, index) => ({ return: value, steps: 10 + index }));
  expect(summariseEpisodes(played)).toEqual({
    ...{ episodes: 4, meanReturn: 3, leastReturn: 1, greatestReturn: 6, meanSteps: 11.5 },
    standardError: expect.closeTo(Math.sqrt(14 / 3) / 2, 12),
  });
});

it('1 episode has a standard error of 0', () => {
  expect(summariseEpisodes([{ return: 7, steps: 3 }])).toMatchObject({ meanReturn: 7, standardError: 0 });
});

it('0 episodes are refused', () => {
  expect(() => summariseEpisodes([])).toThrow(/at least 1 episode/);
});
