/**
 * What may be fitted to the frames of a table: core's probes, behind one function type. All of them see features with mean 0
 * and deviation 1 over the training rows.
 *
 * Nothing here knows what is held out, or why.
 *
 * Letters used for shapes here:
 *   N  training frames    M  frames to classify    F  features of a frame
 */
import {
  classesOf,
  type Engine,
  fitLogisticRegression,
  fitMlpProbe,
  fitNearestNeighbours,
  type HostArray,
  logisticScores,
  measureScale,
  mlpScores,
  neighbourScores,
  type Random,
  standardise,
} from '@cpc/core';
import type { FrameTable } from './frame-table.js';
import { stoppingGroups } from './stopping-groups.js';

/** What a classifier is fitted to. */
export interface FrameTraining {
  /** `[N, F]` features with a class each, of training rows only. */
  readonly table: FrameTable;
  /** C >= 2. */
  readonly classes: number;
  readonly random: Random;
}

/** The class of each of `[M, F]` frames. */
export type FramePredictor = (features: HostArray) => Promise<Int32Array>;

export interface FittedClassifier {
  readonly predict: FramePredictor;
  /** Training rows that were not fitted to and only decided when to stop; absent where there are none. */
  readonly validationCount?: number;
}

export type FrameClassifier = (training: FrameTraining) => Promise<FittedClassifier>;

export interface FrameClassifierOptions {
  readonly engine: Engine;
}

export interface MlpClassifierOptions extends FrameClassifierOptions {
  /** By recording: what never stands on both sides of a split, such as the speaker. See `stopping-groups.ts`. */
  readonly groupOf?: (recording: number) => string;
}

/**
 * Inverse strength of the L2 penalty. Fixed, not chosen: tens of thousands of frames outweigh it, and nothing may be chosen
 * on test data.
 */
const inverseRegularisation = 1;
const maxIterations = 100; // of L-BFGS; as many as scikit-learn takes by default

/** Multinomial logistic regression, the paper's probe. Nothing is drawn. */
export function linearClassifier({ engine }: FrameClassifierOptions): FrameClassifier {
  return onStandardised(async ({ table: { features, labels }, classes }) => {
    const model = await fitLogisticRegression({
      features,
      labels,
      classes,
      c: inverseRegularisation,
      engine,
      maxIterations,
      gradientTolerance: 1e-4,
    });
    return { predict: async (rows) => classesOf(await logisticScores(model, rows, engine)) };
  });
}

/**
 * One hidden layer of 512 units: section 3.1 has phones rise from 64.6 to 72.5 % by it. A tenth of the training frames, whole
 * groups, is held out to stop by.
 */
export function mlpClassifier({ engine, groupOf }: MlpClassifierOptions): FrameClassifier {
  return onStandardised(async ({ table, classes, random }) => {
    const { features, labels } = table;
    const groups = stoppingGroups(table, groupOf);
    const model = await fitMlpProbe({ features, labels, classes, groups, engine, random });
    return {
      predict: async (rows) => classesOf(await mlpScores(model, rows, engine)),
      validationCount: model.heldOut.length,
    };
  });
}

/** The vote of the 200 frames with the most similar features, the nearer the heavier. Nothing is trained or drawn. */
export function neighbourClassifier({ engine }: FrameClassifierOptions): FrameClassifier {
  return onStandardised(async ({ table: { features, labels }, classes }) => {
    const model = fitNearestNeighbours({ features, labels, classes });
    return { predict: async (rows) => classesOf(await neighbourScores(model, rows, engine)) };
  });
}

/** Mean and deviation are those of the training rows, for what is asked later too. */
function onStandardised(fit: FrameClassifier): FrameClassifier {
  return async (training) => {
    const { features } = training.table;
    const scale = measureScale(features);
    const fitted = await fit({ ...training, table: { ...training.table, features: standardise(features, scale) } });
    return { ...fitted, predict: (rows) => fitted.predict(standardise(rows, scale)) };
  };
}
