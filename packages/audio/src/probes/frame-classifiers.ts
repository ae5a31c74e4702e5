/**
 * What may be fitted to the frames of a table: core's probes, behind one function type. All of them see features with mean 0
 * and deviation 1 over the training rows.
 *
 * Nothing here knows what is held out, or why.
 *
 * Letters used for shapes here:
 *   N  training frames    M  frames to classify    F  features of a frame
 */

import type { Engine, HostArray, Random } from '@cpc/core';
import {
  chooseSetting,
  classesOf,
  fitLogisticRegression,
  fitMlpProbe,
  fitNearestNeighbours,
  logisticClassifier,
  logisticScores,
  measureScale,
  mlpScores,
  neighbourScores,
  standardise,
} from '@cpc/probes';
import { type FrameTable, selectRows } from './frame-table.js';
import { stoppingGroups, trainingGroups } from './training-groups.js';

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
  /** The inverse strength of the L2 penalty; absent where there is none to choose. */
  readonly inverseRegularisation?: number;
}

export type FrameClassifier = (training: FrameTraining) => Promise<FittedClassifier>;

export interface FrameClassifierOptions {
  readonly engine: Engine;
}

/** Of classifiers that divide their training side. */
export interface DividingClassifierOptions extends FrameClassifierOptions {
  /** By recording: what never stands on both sides of a split, such as the speaker. See `training-groups.ts`. */
  readonly groupOf?: (recording: number) => string;
}

/**
 * What the inverse strength C of the L2 penalty is chosen from, the strongest penalty first. Frames of a recording resemble one
 * another, so thousands of them outweigh a penalty of C = 1 without telling as much: 256 contexts of 12 speakers then fit
 * those speakers, and tell phones of others 4 points worse than with C = 0.01, while 39 MFCCs are best off near 1.
 */
const penaltyChoices = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const choiceFolds = 3;
/**
 * The choice costs 21 fits: it is made on a part of the frames, drawn from all recordings, where there are more, and its fits end
 * sooner than the one that counts.
 */
const choiceFrames = 8000;
const choiceFramesOfClass = 60; // or so many times the number of classes
const choiceFitting = { maxIterations: 60, gradientTolerance: 1e-3 };
const fitting = { maxIterations: 100, gradientTolerance: 1e-4 }; // of L-BFGS; scikit-learn's defaults

/**
 * Multinomial logistic regression, the paper's probe, with an L2 penalty. Its strength is chosen for every split and every kind
 * of features by cross-validation within the training rows, 3 folds of whole groups (`training-groups.ts`).
 */
export function linearClassifier({ engine, groupOf }: DividingClassifierOptions): FrameClassifier {
  return onStandardised(async (training) => {
    const { features, labels } = training.table;
    const { classes } = training;
    const c = await chooseInverseRegularisation(training, { engine, ...(groupOf === undefined ? {} : { groupOf }) });
    const model = await fitLogisticRegression({ features, labels, classes, c, engine, ...fitting });
    return {
      predict: async (rows) => classesOf(await logisticScores(model, rows, engine)),
      inverseRegularisation: c,
    };
  });
}

/** 1 where there are no two groups to choose by. */
async function chooseInverseRegularisation(
  { table, classes, random }: FrameTraining,
  { engine, groupOf }: DividingClassifierOptions,
): Promise<number> {
  const rows = choiceRows(table.labels.length, classes, random.fold('choice of frames'));
  const { features, labels } = selectRows(table, (row) => rows.has(row));
  const groups = trainingGroups(table, groupOf).filter((_, row) => rows.has(row)); // seconds are those of whole recordings
  const innerFolds = Math.min(choiceFolds, new Set(groups).size);
  if (innerFolds < 2) return 1;
  const classifier = logisticClassifier({ features, labels, classes, engine, ...choiceFitting });
  const choice = { classifier, settings: penaltyChoices, labels, groups, innerFolds };
  return (await chooseSetting([...labels.keys()], { ...choice, random: random.fold('choice') })).chosen;
}

/** Rows that the choice is made on: all of them unless there are too many. */
function choiceRows(rows: number, classes: number, random: Random): ReadonlySet<number> {
  const most = Math.max(choiceFrames, choiceFramesOfClass * classes);
  const order = random.permutation(rows);
  return new Set(order.subarray(0, Math.min(most, rows)));
}

/**
 * One hidden layer of 512 units: section 3.1 has phones rise from 64.6 to 72.5 % by it. A tenth of the training frames, whole
 * groups, is held out to stop by.
 */
export function mlpClassifier({ engine, groupOf }: DividingClassifierOptions): FrameClassifier {
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
