/**
 * What predictions come to: accuracy, its interval, confusion, and how far one is ahead of another on the same examples. Whoever made the predictions is scored the same: a classifier on
 * frozen features or a network that was trained end to end on the same split.
 *
 * Letters used for shapes here:
 *   N  scored examples of a split: frames, or whole recordings
 */

import { CpcArgumentError, type Random } from '@cpc/core';
import {
  accuracy,
  bootstrapInterval,
  confusionMatrix,
  type PairedDifference,
  pairedBootstrap,
  shareRight,
  tallyClusters,
  tallyPairs,
} from '@cpc/probes';
import type { ProbeResult } from '@cpc/records';

/** What was said of one split's held-out examples. */
export interface SplitPredictions {
  /** Examples that were fitted to. */
  readonly trainCount: number;
  /** Examples that only decided when to stop; none if left out. */
  readonly validationCount?: number;
  /** The inverse strength of the L2 penalty, where the classifier chose one. */
  readonly inverseRegularisation?: number;
  /** `[N]`: the class predicted. */
  readonly predicted: Int32Array;
  /** `[N]`: the class it is. */
  readonly labels: Int32Array;
  /** `[N]`: the recording that each example comes from; examples of one are not independent. */
  readonly recordings: Int32Array;
}

export type ProbeFigures = Pick<
  ProbeResult,
  'accuracy' | 'accuracyPerFold' | 'classes' | 'counts' | 'folds' | 'confidence' | 'inverseRegularisation' | 'confusion'
>;

export interface ProbeFigureOptions {
  readonly classes: number;
  /** Draws the bootstrap. */
  readonly random: Random;
  /** The speaker of a recording, where whole speakers are held out; left out where they stand on both sides. */
  readonly groupOf?: (recording: number) => string;
}

/**
 * The accuracy is the share of all scored examples that were right, over the splits. Its 95 % interval is a bootstrap over what
 * was held out as a whole: speakers where `groupOf` tells them, else recordings; `confidence.over` says which. The numbers of
 * training and validation examples are means over the splits.
 *
 * @param predictions - one per split, at least one, each with at least one example.
 * @throws {CpcArgumentError} if a split has no example, or a class is not in 0 .. classes - 1.
 */
export function probeFigures(
  predictions: readonly SplitPredictions[],
  { classes, random, groupOf }: ProbeFigureOptions,
): ProbeFigures {
  refuseEmpty(predictions);
  const [predicted, labels] = [joined(predictions, 'predicted'), joined(predictions, 'labels')];
  const tallies = tallyClusters(predicted, labels, clustersOf(predictions, groupOf));
  const unit = { over: groupOf === undefined ? 'recordings' : 'speakers', clusters: tallies.length };
  return {
    accuracy: shareRight(tallies),
    accuracyPerFold: predictions.map((split) => accuracy(split.predicted, split.labels)),
    classes,
    counts: { ...fittedCounts(predictions), test: labels.length },
    folds: predictions.length,
    confidence: { ...bootstrapInterval(tallies, { random }), ...unit },
    ...chosenPenalties(predictions),
    confusion: confusionMatrix(predicted, labels, classes).map((row) => [...row]),
  };
}

/**
 * How much better `ahead` is than `behind`, both of which were asked about the same examples of the same splits. The interval is a
 * bootstrap over the same clusters as that of `probeFigures`, with both drawn anew together.
 *
 * @throws {CpcArgumentError} if they were asked about different numbers of examples, or none.
 */
export function leadOf(
  ahead: readonly SplitPredictions[],
  behind: readonly SplitPredictions[],
  { random, groupOf }: Omit<ProbeFigureOptions, 'classes'>,
): PairedDifference {
  const [second, first, labels] = [
    joined(ahead, 'predicted'),
    joined(behind, 'predicted'),
    joined(behind, 'labels'),
  ] as const;
  return pairedBootstrap(tallyPairs(first, second, labels, clustersOf(behind, groupOf)), { random });
}

/** What is drawn anew: by example, its speaker or its recording. */
function clustersOf(predictions: readonly SplitPredictions[], groupOf: ProbeFigureOptions['groupOf']) {
  const recordings = joined(predictions, 'recordings');
  return groupOf === undefined ? recordings : Array.from(recordings, groupOf);
}

/** None where a split's classifier did not choose. */
function chosenPenalties(predictions: readonly SplitPredictions[]): Pick<ProbeResult, 'inverseRegularisation'> {
  const chosen = predictions.flatMap(({ inverseRegularisation: one }) => (one === undefined ? [] : [one]));
  return chosen.length === predictions.length ? { inverseRegularisation: chosen } : {};
}

/** Means over the splits. */
function fittedCounts(predictions: readonly SplitPredictions[]): Omit<ProbeResult['counts'], 'test'> {
  const mean = (counts: readonly number[]) => Math.round(counts.reduce((sum, one) => sum + one, 0) / counts.length);
  const train = mean(predictions.map(({ trainCount }) => trainCount));
  const validation = predictions.map(({ validationCount }) => validationCount);
  if (validation.every((count) => count === undefined)) return { train };
  return { train, validation: mean(validation.map((count = 0) => count)) };
}

function refuseEmpty(predictions: readonly SplitPredictions[]): void {
  const sizes = predictions.map(({ labels }) => labels.length);
  if (sizes.length > 0 && !sizes.includes(0)) return;
  throw new CpcArgumentError({
    where: 'probeFigures',
    argument: 'predictions',
    expected: 'at least one split, and in each at least one scored example',
    received: sizes.length === 0 ? 'no split' : `none in split ${sizes.indexOf(0)}`,
  });
}

/** One array behind another. */
function joined(predictions: readonly SplitPredictions[], name: 'predicted' | 'labels' | 'recordings'): Int32Array {
  const parts = predictions.map((split) => split[name]);
  const whole = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
