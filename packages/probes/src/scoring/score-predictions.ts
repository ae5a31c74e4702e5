/**
 * What predictions come to: accuracy, its interval, confusion, and how far one system is ahead of another on the same examples. Whoever
 * made the predictions is scored the same: a classifier on frozen features or a network that was trained end to end on the same split.
 *
 * Letters used for shapes here:
 *   N  scored examples of a fold    C  classes
 */
import { CpcArgumentError, type Random } from '@cpc/base';
import type { HostArray } from '@cpc/core';
import type { ProbeResult } from '@cpc/records';
import {
  bootstrapInterval,
  type PairedDifference,
  pairedBootstrap,
  shareRight,
  tallyClusters,
  tallyPairs,
} from '../statistics/bootstrap.js';
import { accuracy, confusionMatrix, topKAccuracy } from '../statistics/metrics.js';

/** What was said of the held-out examples of one fold. */
export interface FoldPredictions {
  /** Examples that were fitted to. */
  readonly trainCount: number;
  /** Examples that only decided when to stop; absent: none. */
  readonly validationCount?: number | undefined;
  /** The inverse strength of the L2 penalty, where the classifier chose one. */
  readonly inverseRegularisation?: number | undefined;
  /** `[N]`: the class predicted. */
  readonly predicted: Int32Array;
  /** `[N]`: the class it is. */
  readonly labels: Int32Array;
  /** `[N]`: what each example comes from, such as a speaker, a recording, or itself. Examples of one are not independent. */
  readonly clusters: ArrayLike<number | string>;
  /** `[N, C]`: for the accuracy among the five likeliest, where it is wanted. */
  readonly scores?: HostArray | undefined;
}

export type ProbeFigures = Pick<
  ProbeResult,
  | 'accuracy'
  | 'accuracyTop5'
  | 'accuracyPerFold'
  | 'classes'
  | 'counts'
  | 'folds'
  | 'confidence'
  | 'inverseRegularisation'
  | 'confusion'
>;

export interface ScoreOptions {
  /** C. */
  readonly classes: number;
  /** Draws the bootstrap. */
  readonly random: Random;
  /** What a cluster is, for the record, such as `speakers`. */
  readonly over: string;
}

/**
 * The accuracy is the share of all scored examples that were right, over the folds. Its 95 % interval is a bootstrap over clusters:
 * what was held out as a whole. The numbers of training and validation examples are means over the folds.
 *
 * @param predictions - one per fold, at least one, each with at least one example.
 * @throws {CpcArgumentError} if a fold has no example, or a class is not in 0 .. classes - 1.
 *
 * @example
 * const { accuracy, confidence } = scorePredictions(predictions, { classes: 10, random: createRandom(1), over: 'speakers' });
 */
export function scorePredictions(
  predictions: readonly FoldPredictions[],
  { classes, random, over }: ScoreOptions,
): ProbeFigures {
  refuseEmpty(predictions);
  const [predicted, labels] = [joined(predictions, 'predicted'), joined(predictions, 'labels')];
  const tallies = tallyClusters(predicted, labels, clustersOf(predictions));
  return {
    accuracy: shareRight(tallies),
    ...topFive(predictions, classes, labels.length),
    accuracyPerFold: predictions.map((fold) => accuracy(fold.predicted, fold.labels)),
    classes,
    counts: { ...fittedCounts(predictions), test: labels.length },
    folds: predictions.length,
    confidence: { ...bootstrapInterval(tallies, { random }), over, clusters: tallies.length },
    ...chosenPenalties(predictions),
    confusion: confusionMatrix(predicted, labels, classes).map((row) => [...row]),
  };
}

/**
 * How much better `ahead` is than `behind`, both of which were asked about the same examples of the same folds. The interval is a
 * bootstrap over the same clusters as that of `scorePredictions`, with both drawn anew together.
 *
 * @throws {CpcArgumentError} if they were asked about different numbers of examples, or none.
 */
export function leadOf(
  ahead: readonly FoldPredictions[],
  behind: readonly FoldPredictions[],
  { random }: Pick<ScoreOptions, 'random'>,
): PairedDifference {
  const [first, second] = [joined(behind, 'predicted'), joined(ahead, 'predicted')];
  return pairedBootstrap(tallyPairs(first, second, joined(behind, 'labels'), clustersOf(behind)), { random });
}

function clustersOf(predictions: readonly FoldPredictions[]): (number | string)[] {
  return predictions.flatMap(({ clusters }) => Array.from(clusters));
}

/** Of more than 5 classes, where all folds have scores. */
function topFive(
  predictions: readonly FoldPredictions[],
  classes: number,
  examples: number,
): Pick<ProbeResult, 'accuracyTop5'> {
  const right = predictions.flatMap(({ scores, labels }) =>
    scores === undefined ? [] : [topKAccuracy(scores, labels, Math.min(5, classes)) * labels.length],
  );
  if (classes <= 5 || right.length < predictions.length) return {};
  return { accuracyTop5: right.reduce((sum, one) => sum + one, 0) / examples };
}

/** None where a fold's classifier did not choose. */
function chosenPenalties(predictions: readonly FoldPredictions[]): Pick<ProbeResult, 'inverseRegularisation'> {
  const chosen = predictions.flatMap(({ inverseRegularisation: one }) => (one === undefined ? [] : [one]));
  return chosen.length === predictions.length ? { inverseRegularisation: chosen } : {};
}

/** Means over the folds. */
function fittedCounts(predictions: readonly FoldPredictions[]): Omit<ProbeResult['counts'], 'test'> {
  const mean = (counts: readonly number[]) => Math.round(counts.reduce((sum, one) => sum + one, 0) / counts.length);
  const train = mean(predictions.map(({ trainCount }) => trainCount));
  const validation = predictions.map(({ validationCount }) => validationCount);
  if (validation.every((count) => count === undefined)) return { train };
  return { train, validation: mean(validation.map((count = 0) => count)) };
}

function refuseEmpty(predictions: readonly FoldPredictions[]): void {
  const sizes = predictions.map(({ labels }) => labels.length);
  if (sizes.length > 0 && !sizes.includes(0)) return;
  throw new CpcArgumentError({
    where: 'scorePredictions',
    argument: 'predictions',
    expected: 'at least one fold, and in each at least one scored example',
    received: sizes.length === 0 ? 'no fold' : `none in fold ${sizes.indexOf(0)}`,
  });
}

/** One array behind another. */
function joined(predictions: readonly FoldPredictions[], name: 'predicted' | 'labels'): Int32Array {
  return Int32Array.from(predictions.flatMap((fold) => Array.from(fold[name])));
}
