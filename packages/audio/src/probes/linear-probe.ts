/**
 * The linear probe of section 3.1: logistic regression on frozen features, frame by frame, scored on held-out data.
 */
import { type Engine, fitLogisticRegression, measureScale, predictClasses, type Random, standardise } from '@cpc/core';
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
const bootstrapSamples = 1000;

/**
 * Fits and scores every split. Features are standardised with the training rows' mean and deviation.
 *
 * The accuracy is the share of all scored frames that were right, over the splits; its 95 % interval is a bootstrap over
 * recordings, since frames of one recording are not independent.
 */
export async function runLinearProbe(options: LinearProbeOptions): Promise<ProbeFigures> {
  const { table, classes, splits, random } = options;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const right = new Map<number, { right: number; total: number }>();
  let trainCount = 0;
  for (const [index, split] of splits.entries()) {
    const train = selectRows(table, split.isTrain);
    const test = selectRows(table, split.isTest);
    trainCount += train.labels.length;
    const predicted = await fitAndPredict(train, test, options);
    for (const [row, label] of test.labels.entries()) {
      const guess = predicted[row] ?? 0;
      const confusionRow = confusion[label];
      if (confusionRow !== undefined) confusionRow[guess] = (confusionRow[guess] ?? 0) + 1;
      const recording = test.recordings[row] ?? 0;
      const tally = right.get(recording) ?? { right: 0, total: 0 };
      right.set(recording, { right: tally.right + (guess === label ? 1 : 0), total: tally.total + 1 });
    }
    options.onSplit?.(index + 1, splits.length);
  }
  const tallies = [...right.values()];
  return {
    accuracy: shareOf(tallies),
    classes,
    counts: {
      train: Math.round(trainCount / Math.max(1, splits.length)),
      test: tallies.reduce((sum, { total }) => sum + total, 0),
    },
    folds: splits.length,
    confidence: bootstrapInterval(tallies, random),
    confusion,
  };
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
  return predictClasses(model, standardise(test.features, scale));
}

interface Tally {
  readonly right: number;
  readonly total: number;
}

function shareOf(tallies: readonly Tally[]): number {
  const total = tallies.reduce((sum, tally) => sum + tally.total, 0);
  return tallies.reduce((sum, tally) => sum + tally.right, 0) / Math.max(1, total);
}

/** Percentile bootstrap over recordings. */
function bootstrapInterval(tallies: readonly Tally[], random: Random): ProbeResult['confidence'] {
  const shares = Array.from({ length: bootstrapSamples }, () =>
    shareOf(tallies.map((_, __, all) => all[random.integer(all.length)] ?? { right: 0, total: 0 })),
  ).sort((left, right) => left - right);
  const at = (quantile: number) => shares[Math.round(quantile * (shares.length - 1))] ?? 0;
  return { low: at(0.025), high: at(0.975), level: 0.95 };
}
