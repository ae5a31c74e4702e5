/** Logistic regression on rows of one table, as cross-validation wants it: the setting is the inverse penalty c. */

import { gatherRows } from '../examples/examples.js';
import { gatherLabels } from '../examples/gather-labels.js';
import type { Classifier } from '../folds/cross-validation.js';
import { classesOf } from '../statistics/metrics.js';
import {
  fitLogisticRegression,
  fitLogisticRegressions,
  type LogisticRegression,
  type LogisticRegressionOptions,
  logisticScores,
} from './logistic-regression.js';
import { type FeatureScale, measureScale, standardise } from './standardise.js';

export interface LogisticClassifierOptions extends Omit<LogisticRegressionOptions, 'c' | 'start' | 'exampleWeights'> {
  /** Whether to standardise features by the mean and deviation of the rows fitted; default true. */
  readonly standardised?: boolean;
}

/** A fit, and the scale that features need before it is asked. */
export interface ScaledRegression {
  readonly regression: LogisticRegression;
  readonly scale: FeatureScale | undefined;
}

/**
 * Fits with a further setting start from the fit before it.
 *
 * @example
 * const classifier = logisticClassifier({ features, labels, classes: 2, engine });
 * const model = await classifier.fit(trainRows, 0.5);
 */
export function logisticClassifier(options: LogisticClassifierOptions): Classifier<number, ScaledRegression> {
  const { features, labels, engine, standardised = true } = options;
  return {
    ...(standardised ? {} : { fitEach: fitEachOf(options) }), // a scale of its own for every set would be features of its own
    fit: async (rows, c, start) => {
      const own = gatherRows(features, rows);
      const scale = standardised ? measureScale(own) : undefined;
      const regression = await fitLogisticRegression({
        ...options,
        features: scale === undefined ? own : standardise(own, scale),
        labels: gatherLabels(labels, rows),
        c,
        ...(start === undefined ? {} : { start: start.regression }),
      });
      return { regression, scale };
    },
    predict: async ({ regression, scale }, rows) => {
      const own = gatherRows(features, rows);
      return classesOf(await logisticScores(regression, scale === undefined ? own : standardise(own, scale), engine));
    },
  };
}

/** All rows are read once for all sets; those that are not of a set count 0 times in its fit. */
function fitEachOf(options: LogisticClassifierOptions): NonNullable<Classifier<number, ScaledRegression>['fitEach']> {
  return async (sets, c, starts = []) => {
    const fits = sets.map((rows, index) => {
      const start = starts[index];
      const exampleWeights = countedOnce(rows, options.labels.length);
      return { exampleWeights, ...(start === undefined ? {} : { start: start.regression }) };
    });
    const regressions = await fitLogisticRegressions({ ...options, c, fits });
    return regressions.map((regression) => ({ regression, scale: undefined }));
  };
}

function countedOnce(rows: readonly number[], count: number): Float32Array {
  const weights = new Float32Array(count);
  for (const row of rows) weights[row] = 1;
  return weights;
}
