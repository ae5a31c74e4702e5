/**
 * How far the runs of a search go: all to the end, or by successive halving: everybody a little, then the better half twice as far, and so
 * on until the last have gone all the way.
 *
 * Source: Jamieson & Talwalkar, 2016, "Non-stochastic best arm identification and hyperparameter optimization", arXiv:1502.07943.
 */
import { CpcArgumentError } from '@cpc/core';

/** How many go on, and to which part of the whole length. */
export interface Round {
  readonly runs: number;
  readonly share: number;
}

/** As many as the figure of a search is a mean of: halving ends with no fewer. */
export const bestCount = 3;

/**
 * @param draws - >= 1.
 * @returns in order; the last has a share of 1.
 *
 * @example
 * roundsOf(24, true); // 24 runs to 1/8, 12 to 1/4, 6 to 1/2, 3 to the end
 */
export function roundsOf(draws: number, halving: boolean): Round[] {
  if (!Number.isInteger(draws) || draws < 1) {
    const expected = 'a whole number of at least 1';
    throw new CpcArgumentError({ where: 'roundsOf', argument: 'draws', expected, received: draws });
  }
  if (!halving) return [{ runs: draws, share: 1 }];
  const runs = [draws];
  for (let left = draws; Math.ceil(left / 2) >= bestCount && left > bestCount; ) {
    left = Math.ceil(left / 2);
    runs.push(left);
  }
  return runs.map((count, round) => ({ runs: count, share: 2 ** (round + 1 - runs.length) }));
}

/** The indices of the best, best first; those without a score come last. */
export function bestOf(scores: readonly (number | undefined)[], count: number): number[] {
  const value = (index: number) => scores[index] ?? Number.NEGATIVE_INFINITY;
  return [...scores.keys()].sort((left, right) => value(right) - value(left) || left - right).slice(0, count);
}

/** Mean of the best three, as the paper reports a search; undefined if fewer have a score. */
export function meanOfBest(scores: readonly (number | undefined)[]): number | undefined {
  const best = bestOf(scores, bestCount).flatMap((index) => scores[index] ?? []);
  return best.length < bestCount ? undefined : best.reduce((sum, score) => sum + score, 0) / bestCount;
}
