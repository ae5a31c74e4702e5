import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { drawSettings, searchRanges } from './draw-settings.js';
import { bestOf, meanOfBest, roundsOf } from './rounds.js';
import { type SweptRun, summariseSweep, sweepTable } from './sweep-table.js';

describe('drawn settings', () => {
  const drawn = Array.from({ length: 2000 }, (_, index) => drawSettings(createRandom(1).fold(index)));

  it('of 2,000 draws lie in their ranges, half of each below the geometric middle, to 4 in 100', () => {
    for (const name of ['entropyCost', 'learningRate'] as const) {
      const [least, most] = searchRanges[name];
      const values = drawn.map((settings) => settings[name]);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...values)).toBeLessThanOrEqual(most);
      const below = values.filter((value) => value < Math.sqrt(least * most)).length / values.length;
      expect(Math.abs(below - 0.5)).toBeLessThan(0.04);
    }
  });

  it('take each of 4 epsilons in a quarter of them, to 4 in 100', () => {
    for (const epsilon of searchRanges.rmspropEpsilon) {
      const share = drawn.filter(({ rmspropEpsilon }) => rmspropEpsilon === epsilon).length / drawn.length;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.04);
    }
  });

  it('are the same for the same stream, and others for another', () => {
    expect(drawSettings(createRandom(3))).toEqual(drawSettings(createRandom(3)));
    expect(drawSettings(createRandom(3))).not.toEqual(drawSettings(createRandom(4)));
  });
});

describe('rounds', () => {
  it('of 24 draws are one, or with halving 24, 12, 6 and 3 to 1/8, 1/4, 1/2 and the end', () => {
    expect(roundsOf(24, false)).toEqual([{ runs: 24, share: 1 }]);
    expect(roundsOf(24, true)).toEqual([
      { runs: 24, share: 1 / 8 },
      { runs: 12, share: 1 / 4 },
      { runs: 6, share: 1 / 2 },
      { runs: 3, share: 1 },
    ]);
  });

  it.each([1, 2, 3, 4, 5, 7, 100])(
    'of %d draws end with a share of 1 and at least 3 runs, if there are so many',
    (draws) => {
      const rounds = roundsOf(draws, true);
      expect(rounds.at(-1)?.share).toBe(1);
      expect(rounds.at(-1)?.runs).toBeGreaterThanOrEqual(Math.min(3, draws));
      expect(rounds[0]?.runs).toBe(draws);
    },
  );
});

it('the best 2 of scores 1, none, 5 and 3 are the third and the fourth; one without a score comes last', () => {
  expect(bestOf([1, undefined, 5, 3], 2)).toEqual([2, 3]);
  expect(bestOf([undefined, -7], 2)).toEqual([1, 0]);
});

it('the mean of the best three of 1, 2, 3 and 10 is 5, and there is none of two', () => {
  expect(meanOfBest([1, 10, 3, 2])).toBe(5);
  expect(meanOfBest([1, undefined, 2])).toBeUndefined();
});

describe('the table of a search', () => {
  const settings = { entropyCost: 1e-3, learningRate: 2e-4, rmspropEpsilon: 0.1 };
  const run = (folder: string, frames: number, meanReturn?: number): SweptRun => ({
    ...{ settings, folder, frames, episodes: 7 },
    ...(meanReturn === undefined ? { error: 'the loss was not finite' } : { meanReturn }),
  });
  const about = { environment: 'seekavoid_arena', preset: 'small', seed: 1, frames: 800, halving: true };
  const runs = [run('a', 800, 3), run('b', 400, 99), run('c', 800, 6), run('d', 800, 9), run('e', 0)];

  it('has a mean of the best three over whole runs only: (3 + 6 + 9) / 3, not with the 99 of one ended early', () => {
    expect(summariseSweep({ ...about, runs }).meanOfBestThree).toBe(6);
  });

  it('lists whole runs best first, then those ended early, then the one that failed', () => {
    const rows = sweepTable(summariseSweep({ ...about, runs }))
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(rows.slice(1).map((row) => row.split(' | ').at(-1)?.[0])).toEqual(['d', 'c', 'a', 'b', 'e']);
    expect(rows.at(-1)).toContain('failed: the loss was not finite');
  });
});
