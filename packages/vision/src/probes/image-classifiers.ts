/**
 * What may be fitted to one vector per image: core's probes behind one function type. All of them see features with mean 0 and
 * deviation 1 over the training images.
 *
 * Letters used for shapes here:
 *   N  training images    M  images to classify    F  features    C  classes
 */

import {
  chooseSetting,
  fitLogisticRegression,
  fitNearestNeighbours,
  logisticClassifier,
  logisticScores,
  measureScale,
  neighbourScores,
  standardise,
} from '@cpc/probes';
import type { ImageClassifier, ImageTraining } from './image-classifier.js';
import { fitBySchedule } from './schedule-probe.js';

/** Inverse strengths of the L2 penalty, the strongest penalty first. */
const penaltyChoices = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 1];
const choiceFolds = 3;
const choiceFitting = { maxIterations: 60, gradientTolerance: 1e-3 };
const fitting = { maxIterations: 200, gradientTolerance: 1e-4 };

/** Multinomial logistic regression by L-BFGS; the penalty is chosen by cross-validation within the training images. */
const linear: ImageClassifier = async (training) => {
  const c = await chooseInverseRegularisation(training);
  const model = await fitLogisticRegression({ ...training, c, ...fitting });
  return { scores: (features) => logisticScores(model, features, training.engine), inverseRegularisation: c };
};

async function chooseInverseRegularisation(training: ImageTraining): Promise<number> {
  const { labels, random } = training;
  const innerFolds = Math.min(choiceFolds, labels.length);
  if (innerFolds < 2) return 1;
  const classifier = logisticClassifier({ ...training, ...choiceFitting, standardised: false });
  const choice = { classifier, settings: penaltyChoices, labels, innerFolds, random: random.fold('choice') };
  return (await chooseSetting([...labels.keys()], choice)).chosen;
}

/** The vote of the 200 images with the most similar features, the nearer the heavier, at a temperature of 0.1. */
const neighbours: ImageClassifier = async ({ features, labels, classes, engine }) => {
  const model = fitNearestNeighbours({ features, labels, classes });
  return { scores: (asked) => neighbourScores(model, asked, engine) };
};

/** The paper's: gradient descent with momentum along its schedule, shortened. */
const sgd: ImageClassifier = (training) =>
  fitBySchedule(training, { stepShare: training.stepShare ?? defaultStepShare });

/** Of the paper's 85,000 updates: what 3,000 images on two cores take a few seconds for. */
const defaultStepShare = 0.02;

const classifiers: Readonly<Record<string, ImageClassifier>> = {
  linear: onStandardised(linear),
  sgd: onStandardised(sgd),
  neighbours: onStandardised(neighbours),
};

export const defaultImageClassifier = 'linear';

/** By name, the default first. */
export const imageClassifiers: readonly string[] = Object.keys(classifiers);

/** Undefined if there is none of that name. */
export function imageClassifierNamed(name: string): ImageClassifier | undefined {
  return Object.hasOwn(classifiers, name) ? classifiers[name] : undefined;
}

/** Mean and deviation are those of the training images, for what is asked later too. */
function onStandardised(fit: ImageClassifier): ImageClassifier {
  return async (training) => {
    const scale = measureScale(training.features);
    const fitted = await fit({ ...training, features: standardise(training.features, scale) });
    return { ...fitted, scores: (features) => fitted.scores(standardise(features, scale)) };
  };
}
