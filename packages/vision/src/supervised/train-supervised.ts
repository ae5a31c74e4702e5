/**
 * Trains the supervised network on the training side of a split, a tenth of which decides when to stop, and scores other images.
 */
import {
  accuracy,
  adam,
  classesOf,
  createLossStep,
  type Engine,
  type HostArray,
  type LossStep,
  layerAt,
  logisticScores,
  type Random,
  stratifiedFolds,
  type Tree,
  untrainedModel,
} from '@cpc/core';
import { patchesShape } from '../data/augmentation.js';
import { type BatchSampler, createBatchSampler } from '../data/batch-sampler.js';
import type { ImageSet } from '../data/image-set.js';
import { createImageEncoder, encodeImages, pooledFeatures } from '../features.js';
import { initialiseVisionModel } from '../model.js';
import type { VisionSettings } from '../presets.js';
import { labelOf, labelsOf } from '../probes/split.js';
import { initialiseSupervised, linearLayer, supervisedLoss } from './supervised-network.js';

/** How long and how fast. */
export interface SupervisedLimits {
  /** Of Adam. */
  readonly learningRate: number;
  /** Images of an update. */
  readonly batchSize: number;
  /** Passes over the images at most; after each a look at those to stop by. */
  readonly maxPasses: number;
  /** Ends after this many looks in a row that saw no better accuracy. */
  readonly patience: number;
}

/** Ours; the paper trained its own for other ends. */
export const supervisedLimits: SupervisedLimits = { learningRate: 3e-4, batchSize: 16, maxPasses: 40, patience: 8 };

export interface SupervisedTraining {
  readonly images: ImageSet;
  /** Labelled images to learn from, by index; a tenth of every class of them is only looked at. */
  readonly train: readonly number[];
  readonly settings: VisionSettings;
  /** Of the run whose encoder is trained here: it begins as its own did. */
  readonly seed: number;
  readonly engine: Engine;
  readonly random: Random;
  readonly limits: SupervisedLimits;
}

export interface SupervisedUpdate {
  /** Updates made, and the most there may be. */
  readonly updates: number;
  readonly ofUpdates: number;
  readonly lossNats: number;
  /** Share of the images to stop by that were right at the last look; absent before the first. */
  readonly validationAccuracy?: number;
}

export interface SupervisedModel {
  /** Of the look with the best validation accuracy, the earliest of equals. */
  readonly parameters: Tree<HostArray>;
  readonly validationAccuracy: number;
  readonly validationCount: number;
}

const heldOutParts = 10;

/**
 * Trains by Adam on augmented images.
 *
 * @returns gives every update, and the model at the end; whoever stops reading ends the training.
 * @throws {CpcError} if the loss stops being finite.
 */
export async function* trainSupervised(
  training: SupervisedTraining,
): AsyncGenerator<SupervisedUpdate, SupervisedModel, undefined> {
  const { images, settings, seed, engine, random } = training;
  const { fitted, validation } = dividedTraining(training);
  const limits = { ...training.limits, batchSize: Math.min(training.limits.batchSize, fitted.length) };
  const step = await createLossStep({
    ...{ engine, optimiser: adam({ learningRate: limits.learningRate }) },
    parameters: initialiseSupervised(settings, { classes: images.classes.length, seed }),
    batch: batchSpecs(settings, limits.batchSize),
    loss: (parameters, batch) => supervisedLoss(settings, parameters, batch),
  });
  const sampler = createBatchSampler(images, { settings, batchSize: limits.batchSize, indices: fitted, strict: false });
  const accuracyNow = async () => {
    const scores = await supervisedScores({ ...training, parameters: step.current() }, validation);
    return accuracy(classesOf(scores), labelsOf(images, validation));
  };
  try {
    const perPass = Math.max(1, Math.floor(fitted.length / limits.batchSize));
    const best = yield* trainPasses({ images, step, sampler, accuracyNow, perPass, limits, random });
    return { ...best, validationCount: validation.length };
  } finally {
    await step.dispose();
  }
}

interface Passes {
  readonly images: ImageSet;
  readonly step: LossStep;
  readonly sampler: BatchSampler;
  readonly accuracyNow: () => Promise<number>;
  readonly perPass: number;
  readonly limits: SupervisedLimits;
  readonly random: Random;
}

/** Pass after pass; keeps the parameters of the best. */
async function* trainPasses({
  images,
  step,
  sampler,
  accuracyNow,
  perPass,
  limits,
  random,
}: Passes): AsyncGenerator<SupervisedUpdate, Omit<SupervisedModel, 'validationCount'>, undefined> {
  const { maxPasses, patience } = limits;
  let best = { validationAccuracy: Number.NEGATIVE_INFINITY, parameters: step.current(), pass: 0 };
  let latest: Pick<SupervisedUpdate, 'validationAccuracy'> = {};
  for (let pass = 1; pass <= maxPasses && pass - best.pass <= patience; pass++) {
    for (let updates = (pass - 1) * perPass + 1; updates <= pass * perPass; updates++) {
      const lossNats = await step.run(await batchOf(images, sampler, random.fold('batch', updates)), updates);
      yield { updates, ofUpdates: maxPasses * perPass, lossNats, ...latest };
    }
    const validationAccuracy = await accuracyNow();
    latest = { validationAccuracy };
    if (validationAccuracy > best.validationAccuracy) best = { validationAccuracy, parameters: step.current(), pass };
  }
  const { parameters, validationAccuracy } = best;
  return { parameters, validationAccuracy };
}

/**
 * What a supervised network says of images.
 *
 * @returns `[M, K]`; the caller owns it.
 */
export async function supervisedScores(
  {
    images,
    settings,
    parameters,
    engine,
  }: Pick<SupervisedTraining, 'images' | 'settings' | 'engine'> & Pick<SupervisedModel, 'parameters'>,
  indices: readonly number[],
): Promise<HostArray> {
  const { kernel, bias } = layerAt(parameters, linearLayer, ['kernel', 'bias']);
  const { context = {} } = untrainedModel({ initialise: (random) => initialiseVisionModel(settings, random) }, 0);
  const { encoder = {} } = parameters;
  const network = createImageEncoder({ settings, parameters: { encoder, context }, engine });
  try {
    const { latents } = await encodeImages(network, images, indices);
    return await logisticScores({ weights: kernel, biases: bias }, pooledFeatures(latents), engine);
  } finally {
    await network.dispose();
  }
}

/** Images by index: to learn from, and to stop by. With fewer than ten images, the same for both. */
function dividedTraining({ images, train, random }: SupervisedTraining) {
  if (train.length < heldOutParts) return { fitted: train, validation: train };
  const labels = train.map((index) => labelOf(images, index));
  const [fold] = stratifiedFolds(labels, heldOutParts, random.fold('validation'));
  const chosen = (rows: readonly number[] = []) => rows.map((row) => train[row] ?? 0);
  return { fitted: chosen(fold?.train), validation: chosen(fold?.test) };
}

function batchSpecs(settings: VisionSettings, batchSize: number) {
  return {
    patches: { shape: patchesShape(settings, batchSize), dtype: 'float32' },
    labels: { shape: [batchSize], dtype: 'int32' },
  } as const;
}

async function batchOf(images: ImageSet, sampler: BatchSampler, random: Random) {
  const { patches, shape, images: drawn } = await sampler.draw(random);
  return {
    patches: { shape, data: patches },
    labels: { shape: [drawn.length], data: labelsOf(images, drawn) },
  };
}
