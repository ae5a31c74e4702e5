/**
 * Logistic regression on vectors of sentences, scored as a protocol says: section 3.3.
 *
 * Knows nothing of where vectors come from, and no task by name.
 */

import type { Engine, HostArray } from '@cpc/core';
import { type Classifier, chooseSetting, type Fold, logisticClassifier, type ScaledRegression } from '@cpc/probes';
import { conditionedFeatures } from './conditioned-features.js';
import { type Protocol, protocolFeatures, protocolRandom } from './protocols.js';

/** What was said of one fold's held-out sentences. */
export interface FoldAnswers {
  readonly fold: Fold;
  /** The C that was chosen. */
  readonly c: number;
  /** Classes of the fold's test rows, in its order. */
  readonly predicted: Int32Array;
}

/** A classifier of dense vectors by a protocol. */
export function denseClassifier(
  features: HostArray,
  { labels, classes }: { readonly labels: Int32Array; readonly classes: number },
  protocol: Protocol,
  engine: Engine,
): Classifier<number, ScaledRegression> {
  const { features: conditioned, conditionedC } = conditionedFeatures(protocolFeatures(protocol, features));
  const { fit, fitEach, predict } = logisticClassifier({
    features: conditioned,
    labels,
    classes,
    engine,
    standardised: false,
    gradientTolerance: 1e-4,
  });
  return {
    predict,
    fit: (rows, c, start) => fit(rows, conditionedC(c), start),
    ...(fitEach === undefined ? {} : { fitEach: (sets, c, starts) => fitEach(sets, conditionedC(c), starts) }),
  };
}

const innerFolds = 10;

/** Chooses, fits and asks, fold by fold. */
export async function* answerFolds<Model>(
  classifier: Classifier<number, Model>,
  labels: Int32Array,
  folds: readonly Fold[],
  protocol: Protocol,
  seed: number,
): AsyncGenerator<FoldAnswers, void, undefined> {
  const random = protocolRandom(protocol, seed);
  for (const [index, fold] of folds.entries()) {
    const { chosen } = await chooseSetting(fold.train, {
      classifier,
      labels,
      innerFolds,
      settings: protocol.penalties,
      random: random.fold('inner', index),
    });
    const model = await classifier.fit(fold.train, chosen);
    yield { fold, c: chosen, predicted: await classifier.predict(model, fold.test) };
  }
}
