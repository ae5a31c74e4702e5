/** The results of a probe, one after the other: figures of each, and of a baseline also how far the trained model is ahead. */
import { createRandom } from '@cpc/base';
import type { ProbeResult } from '@cpc/records';
import {
  type FoldPredictions,
  leadOf,
  type ProbeFigures,
  type ScoreOptions,
  scorePredictions,
} from './score-predictions.js';

/** Where predictions come from. */
export interface Origin {
  /** Absent: the trained model. */
  readonly baseline?: string | undefined;
  readonly representation: string;
  /** What has to be alike for a comparison, such as the share of labels; absent: nothing. */
  readonly condition?: number | string | undefined;
}

export interface Scoreboard {
  /**
   * Scores predictions, and keeps those of the trained model to compare baselines with: those of the same representation where there are
   * any, else all.
   *
   * @throws {CpcArgumentError} what `scorePredictions` throws.
   */
  readonly add: (
    origin: Origin,
    predictions: readonly FoldPredictions[],
  ) => ProbeFigures & Pick<ProbeResult, 'trainedLead'>;
}

/** @param options - `seed`: decides the bootstrap, the same for all. */
export function createScoreboard({
  seed,
  ...options
}: Omit<ScoreOptions, 'random'> & { readonly seed: number }): Scoreboard {
  const trained: { readonly origin: Origin; readonly predictions: readonly FoldPredictions[] }[] = [];
  const random = () => createRandom(seed).fold('bootstrap');
  const leads = ({ representation: own, condition }: Origin, behind: readonly FoldPredictions[]) => {
    const alike = trained.filter(({ origin }) => origin.condition === condition);
    const same = alike.filter(({ origin }) => origin.representation === own);
    return (same.length > 0 ? same : alike).map(({ origin: { representation }, predictions: ahead }) => ({
      representation,
      ...leadOf(ahead, behind, { random: random() }),
    }));
  };
  return {
    add: (origin, predictions) => {
      const figures = scorePredictions(predictions, { ...options, random: random() });
      if (origin.baseline !== undefined) return { ...figures, trainedLead: leads(origin, predictions) };
      trained.push({ origin, predictions });
      return figures;
    },
  };
}
