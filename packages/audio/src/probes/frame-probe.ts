/**
 * The probe of section 3.1: a classifier fitted to frozen features, frame by frame, and asked about held-out data. Which
 * classifier is the caller's; what a table holds out is told by splits; what predictions come to by `scorePredictions`.
 */
import type { Random } from '@cpc/core';
import { type FoldPredictions, type ProbeFigures, scorePredictions } from '@cpc/probes';
import type { FittedClassifier, FrameClassifier } from './frame-classifiers.js';
import { type FrameTable, poolRecordings, selectRows } from './frame-table.js';
import type { ProbeSplit } from './splits.js';

export interface FrameProbeOptions {
  readonly table: FrameTable;
  /** C >= 2. */
  readonly classes: number;
  /** At least one. */
  readonly splits: readonly ProbeSplit[];
  /** Fitted anew for every split. */
  readonly classifier: FrameClassifier;
  /**
   * Takes the mean over each recording's rows of a side as one example, instead of every row. Only for labels that a recording
   * has as a whole; default false.
   */
  readonly pooled?: boolean;
  /** The speaker of a recording, where the splits hold whole speakers out: the interval is then over speakers. */
  readonly groupOf?: ((recording: number) => string) | undefined;
  /** For classifiers that draw, and for the bootstrap of the interval. */
  readonly random: Random;
}

/**
 * Fits and scores every split.
 *
 * @returns the share of all scored examples that were right, over the splits, and what belongs to it.
 * @throws {CpcArgumentError} if the classifier refuses the table, such as for labels outside of 0 .. classes - 1.
 *
 * @example
 * const { accuracy } = await runFrameProbe({
 *   table, classes: 39, splits, classifier: linearClassifier({ engine }), random: createRandom(1),
 * });
 */
export async function runFrameProbe(options: FrameProbeOptions): Promise<ProbeFigures> {
  const { classes, random, groupOf } = options;
  const predictions: FoldPredictions[] = [];
  for await (const split of predictSplits(options)) predictions.push(split);
  return scorePredictions(predictions, { classes, random, over: clusterName(groupOf) });
}

/** Fits a classifier to each split's training rows and tells what it says of the held-out ones, split by split. */
export async function* predictSplits({
  table,
  classes,
  splits,
  classifier,
  pooled = false,
  groupOf,
  random,
}: FrameProbeOptions): AsyncGenerator<FoldPredictions, void, undefined> {
  const rows = (keep: (row: number) => boolean) =>
    pooled ? poolRecordings(selectRows(table, keep)) : selectRows(table, keep);
  for (const [index, { isTrain, isTest }] of splits.entries()) {
    const train = rows(isTrain);
    const { features, labels, recordings } = rows(isTest);
    const fitted = await classifier({ table: train, classes, random: random.fold('classifier', index) });
    const predicted = await fitted.predict(features);
    const { inverseRegularisation } = fitted;
    const clusters = clustersOf(recordings, groupOf);
    yield { ...countsOf(train, fitted), inverseRegularisation, predicted, labels, clusters };
  }
}

function countsOf({ labels }: FrameTable, { validationCount }: FittedClassifier) {
  if (validationCount === undefined) return { trainCount: labels.length };
  return { trainCount: labels.length - validationCount, validationCount };
}

type GroupOf = FrameProbeOptions['groupOf'];

/** `[N]`: what each example comes from as a whole: its speaker where whole speakers are held out, else its recording. */
export function clustersOf(recordings: Int32Array, groupOf: GroupOf): ArrayLike<number | string> {
  return groupOf === undefined ? recordings : Array.from(recordings, groupOf);
}

/** What these clusters are, for the record. */
export function clusterName(groupOf: GroupOf): string {
  return groupOf === undefined ? 'recordings' : 'speakers';
}
