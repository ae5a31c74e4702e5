/**
 * Trains the supervised network on the training side of a split, a tenth of which decides when to stop, and scores other images.
 */

import {
  adam,
  createLossStep,
  type Engine,
  entryAt,
  type HostArray,
  layerAt,
  type Random,
  type Tree,
  untrainedModel,
} from '@cpc/core';
import {
  accuracy,
  type BestRound,
  classesOf,
  logisticScores,
  type RoundLimits,
  type RoundUpdate,
  stratifiedFolds,
  trainRounds,
} from '@cpc/probes';
import { patchesShape } from '../data/augmentation.js';
import { type BatchSampler, createBatchSampler } from '../data/batch-sampler.js';
import type { ImageSet } from '../data/image-set.js';
import { createImageEncoder, encodeImages, pooledFeatures } from '../features.js';
import { initialiseVisionModel } from '../model.js';
import type { VisionSettings } from '../presets.js';
import { labelOf, labelsOf } from '../probes/split.js';
import { initialiseSupervised, linearLayer, supervisedLoss } from './supervised-network.js';

/** How long and how fast; a round ends with an evaluation on the images to stop by. */
export interface SupervisedLimits extends RoundLimits {
  /** Of Adam. */
  readonly learningRate: number;
  /** Images of an update. */
  readonly batchSize: number;
  /** Updates of a round at least; more where a pass over the images to learn from takes more. */
  readonly leastRoundUpdates: number;
}

/** Ours; the paper trained its own for other ends. */
export const supervisedLimits: SupervisedLimits = {
  learningRate: 3e-4,
  batchSize: 16,
  leastRoundUpdates: 25,
  maxRounds: 40,
  patience: 8,
};

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

export interface SupervisedModel extends BestRound {
  /** Images to stop by. */
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
): AsyncGenerator<RoundUpdate, SupervisedModel, undefined> {
  const { images, settings, seed, engine, random } = training;
  const { fitted, validation } = dividedTraining(training);
  const limits = { ...training.limits, batchSize: Math.min(training.limits.batchSize, fitted.length) };
  const step = await createLossStep({
    engine,
    optimiser: adam({ learningRate: limits.learningRate }),
    parameters: initialiseSupervised(settings, { classes: images.classes.length, seed }),
    batch: batchSpecs(settings, limits.batchSize),
    loss: (parameters, batch) => supervisedLoss(settings, parameters, batch),
  });
  const sampler = createBatchSampler(images, { settings, batchSize: limits.batchSize, indices: fitted, strict: false });
  const network = createSupervisedNetwork({ ...training, parameters: step.current() });
  const accuracyNow = async () => {
    const scores = await network.scores(images, validation, step.current());
    return accuracy(classesOf(scores), labelsOf(images, validation));
  };
  try {
    const perRound = Math.max(limits.leastRoundUpdates, Math.floor(fitted.length / limits.batchSize));
    const draw = (update: number) => batchOf(images, sampler, random.fold('batch', update));
    const best = yield* trainRounds({ step, draw, accuracyNow, perRound, limits });
    return { ...best, validationCount: validation.length };
  } finally {
    await network.dispose();
    await step.dispose();
  }
}

/** A supervised network that is asked about images. */
export interface SupervisedNetwork {
  /** `[M, K]`, with parameters as `trainSupervised` gives them; the caller owns it. */
  readonly scores: (images: ImageSet, indices: readonly number[], parameters: Tree<HostArray>) => Promise<HostArray>;
  readonly dispose: () => Promise<void>;
}

/** @param parameters - of the network, or others of the same shapes. */
export function createSupervisedNetwork({
  settings,
  engine,
  parameters,
}: Pick<SupervisedTraining, 'settings' | 'engine'> & Pick<SupervisedModel, 'parameters'>): SupervisedNetwork {
  const { context = {} } = untrainedModel({ initialise: (random) => initialiseVisionModel(settings, random) }, 0);
  const withContext = ({ encoder = {} }: Tree<HostArray>) => ({ encoder, context }); // contexts are computed and not asked for
  const network = createImageEncoder({ settings, parameters: withContext(parameters), engine });
  return {
    scores: async (images, indices, latest) => {
      await network.load(withContext(latest));
      const { kernel, bias } = layerAt(latest, linearLayer, ['kernel', 'bias']);
      const { latents } = await encodeImages(network, images, indices);
      return logisticScores({ weights: kernel, biases: bias }, pooledFeatures(latents), engine);
    },
    dispose: network.dispose,
  };
}

/** Images by index: to learn from, and to stop by. With fewer than ten images, the same for both. */
function dividedTraining({ images, train, random }: SupervisedTraining) {
  if (train.length < heldOutParts) return { fitted: train, validation: train };
  const labels = train.map((index) => labelOf(images, index));
  const [fold] = stratifiedFolds(labels, heldOutParts, random.fold('validation'));
  const chosen = (rows: readonly number[] = []) => rows.map((row) => entryAt(train, row, 'images to train on'));
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
