/** What episodes came to: mean return and how sure it is. */
import { CpcArgumentError } from '@cpc/core';
import type { EvaluationResult } from '@cpc/records';
import type { PlayedEpisode } from './player.js';

export type EpisodeFigures = Pick<
  EvaluationResult,
  'episodes' | 'meanReturn' | 'standardError' | 'leastReturn' | 'greatestReturn' | 'meanSteps'
>;

/** @throws {CpcArgumentError} if there are none. */
export function summariseEpisodes(played: readonly PlayedEpisode[]): EpisodeFigures {
  const count = played.length;
  if (count === 0) {
    const expected = 'at least 1 episode';
    throw new CpcArgumentError({ where: 'summariseEpisodes', argument: 'played', expected, received: 0 });
  }
  const returns = played.map((episode) => episode.return);
  const meanReturn = mean(returns);
  const variance = count === 1 ? 0 : returns.reduce((sum, value) => sum + (value - meanReturn) ** 2, 0) / (count - 1);
  return {
    episodes: count,
    meanReturn,
    standardError: Math.sqrt(variance / count),
    leastReturn: returns.reduce((least, value) => Math.min(least, value)),
    greatestReturn: returns.reduce((greatest, value) => Math.max(greatest, value)),
    meanSteps: mean(played.map(({ steps }) => steps)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
