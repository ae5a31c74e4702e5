/**
 * The linear probe of section 3.1: logistic regression on frozen features, frame by frame, scored on held-out data.
 */
import {
  bootstrapInterval,
  classesOf,
  confusionMatrix,
  type Engine,
  fitLogisticRegression,
  logisticScores,
  measureScale,
  type Random,
  shareRight,
  standardise,
  tallyClusters,
} from '@cpc/core';
import type { ProbeResult } from '@cpc/records';
import { type FrameTable, selectRows } from './frame-table.js';

/** One split: which rows of the table are fitted, which are scored. */
export interface ProbeSplit {
  readonly isTrain: (row: number) => boolean;
  readonly isTest: (row: number) => boolean;
}

export interface LinearProbeOptions {
  readonly table: FrameTable;
  readonly classes: number;
  readonly splits: readonly ProbeSplit[];
  readonly engine: Engine;
  /** For the bootstrap of the interval. */
  readonly random: Random;
  /** Told after every split. */
  readonly onSplit?: (done: number, total: number) => void;
}

export type ProbeFigures = Pick<ProbeResult, 'accuracy' | 'classes' | 'counts' | 'folds' | 'confidence' | 'confusion'>;

/**
 * Inverse strength of the L2 penalty. Fixed, not chosen: tens of thousands of frames outweigh it, and nothing may be chosen
 * on test data.
 */
const inverseRegularisation = 1;
const maxIterations = 100; // of L-BFGS; as many as scikit-learn takes by default

/**
 * Fits and scores every split. Features are standardised with the training rows' mean and deviation.
 *
 * The accuracy is the share of all scored frames that were right, over the splits; its 95 % interval is a bootstrap over
 * recordings, since frames of one recording are not independent.
 */
export async function runLinearProbe(options: LinearProbeOptions): Promise<ProbeFigures> {
  const { table, classes, splits, random } = options;
  const scored: Scored = { predicted: [], labels: [], recordings: [] };
  let trainCount = 0;
  for (const [index, split] of splits.entries()) {
    const train = selectRows(table, split.isTrain);
    const test = selectRows(table, split.isTest);
    trainCount += train.labels.length;
    const predicted = await fitAndPredict(train, test, options);
    for (const [row, guess] of predicted.entries()) {
      scored.predicted.push(guess);
      scored.labels.push(test.labels[row] ?? 0);
      scored.recordings.push(test.recordings[row] ?? 0);
    }
    options.onSplit?.(index + 1, splits.length);
  }
  const [predicted, labels] = [Int32Array.from(scored.predicted), Int32Array.from(scored.labels)];
  const tallies = tallyClusters(predicted, labels, scored.recordings);
  return {
    accuracy: shareRight(tallies),
    classes,
    counts: { train: Math.round(trainCount / Math.max(1, splits.length)), test: labels.length },
    folds: splits.length,
    confidence: bootstrapInterval(tallies, { random }),
    confusion: confusionMatrix(predicted, labels, classes).map((row) => [...row]),
  };
}

/** Scored frames of all splits, one under another. */
interface Scored {
  readonly predicted: number[];
  readonly labels: number[];
  readonly recordings: number[];
}

async function fitAndPredict(
  train: FrameTable,
  test: FrameTable,
  { classes, engine }: LinearProbeOptions,
): Promise<Int32Array> {
  const scale = measureScale(train.features);
  const model = await fitLogisticRegression({
    features: standardise(train.features, scale),
    labels: train.labels,
    classes,
    c: inverseRegularisation,
    engine,
    maxIterations,
    gradientTolerance: 1e-4,
  });
  return classesOf(await logisticScores(model, standardise(test.features, scale), engine));
}
