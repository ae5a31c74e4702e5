/**
 * Trains the supervised network on the training side of a split, a tenth of which decides when to stop, and scores other images.
 */

import {
  adam,
  createLossStep,
  type Engine,
  type HostArray,
  type LossStep,
  layerAt,
  type Random,
  type Tree,
  untrainedModel,
} from '@cpc/core';
import { accuracy, classesOf, logisticScores, stratifiedFolds } from '@cpc/probes';
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
  /** Updates between two looks at the images to stop by at least; more where a pass over the others takes more. */
  readonly leastRoundUpdates: number;
  /** Looks at most. */
  readonly maxRounds: number;
  /** Ends after this many looks in a row that saw no better accuracy. */
  readonly patience: number;
}

/** Ours; the paper trained its own for other ends. */
export const supervisedLimits: SupervisedLimits = {
  ...{ learningRate: 3e-4, batchSize: 16 },
  ...{ leastRoundUpdates: 25, maxRounds: 40, patience: 8 },
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
  const network = createSupervisedNetwork({ ...training, parameters: step.current() });
  const accuracyNow = async () => {
    const scores = await network.scores(images, validation, step.current());
    return accuracy(classesOf(scores), labelsOf(images, validation));
  };
  try {
    const perRound = Math.max(limits.leastRoundUpdates, Math.floor(fitted.length / limits.batchSize));
    const best = yield* trainRounds({ images, step, sampler, accuracyNow, perRound, limits, random });
    return { ...best, validationCount: validation.length };
  } finally {
    await network.dispose();
    await step.dispose();
  }
}

interface Rounds {
  readonly images: ImageSet;
  readonly step: LossStep;
  readonly sampler: BatchSampler;
  readonly accuracyNow: () => Promise<number>;
  readonly perRound: number;
  readonly limits: SupervisedLimits;
  readonly random: Random;
}

/** Round after round; keeps the parameters of the best. */
async function* trainRounds({
  images,
  step,
  sampler,
  accuracyNow,
  perRound,
  limits,
  random,
}: Rounds): AsyncGenerator<SupervisedUpdate, Omit<SupervisedModel, 'validationCount'>, undefined> {
  const { maxRounds, patience } = limits;
  let best = { validationAccuracy: Number.NEGATIVE_INFINITY, parameters: step.current(), round: 0 };
  let latest: Pick<SupervisedUpdate, 'validationAccuracy'> = {};
  for (let round = 1; round <= maxRounds && round - best.round <= patience; round++) {
    for (let updates = (round - 1) * perRound + 1; updates <= round * perRound; updates++) {
      const lossNats = await step.run(await batchOf(images, sampler, random.fold('batch', updates)), updates);
      yield { updates, ofUpdates: maxRounds * perRound, lossNats, ...latest };
    }
    const validationAccuracy = await accuracyNow();
    latest = { validationAccuracy };
    if (validationAccuracy > best.validationAccuracy) best = { validationAccuracy, parameters: step.current(), round };
  }
  const { parameters, validationAccuracy } = best;
  return { parameters, validationAccuracy };
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
