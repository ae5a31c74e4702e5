/** Model and data of a training step on text. */
import {
  adam,
  batchOf,
  CpcArgumentError,
  createRandom,
  flatten,
  type HostArray,
  initialiseModel,
  type Tree,
  unflatten,
} from '@cpc/core';
import type { StepInput } from '@cpc/testing';
import { createTextDomain, type TextSettings, textPresets } from '@cpc/text';
import { novelLikeCorpus } from './novel-like-text.js';

const seed = 1;
/** Batches that the steps go through in turn, and among which the check looks for one on which both sides agree. */
const batchCount = 8;
const sentenceCount = 20_000;

export interface TextStepInput extends StepInput {
  readonly settings: TextSettings;
}

/**
 * @param wordsRead - of the vocabulary, batches read so many of the first. Vectors are drawn in order, so a model with further words that
 *   no batch reads computes the same.
 */
export async function textInput(
  settings: TextSettings,
  wordsRead: number = settings.vocabularySize,
): Promise<TextStepInput> {
  const domain = createTextDomain(novelLikeCorpus(sentenceCount, wordsRead), settings);
  const random = createRandom(seed);
  const numbers = Array.from({ length: batchCount }, (_, index) => index + 1);
  return {
    settings,
    domain,
    optimiser: adam({ learningRate: settings.learningRate }),
    clipNorm: settings.clipNorm,
    parameters: clearOfKinks(initialiseModel(domain, random.fold('initialise')), settings),
    batches: await Promise.all(numbers.map((number) => batchOf(domain, random, number))),
  };
}

/**
 * Biases that hold every second unit of the convolution open and the others shut. Of the paper's 29 million inputs of a ReLU in a batch
 * some lie so near 0 that two correct programs round them to different signs, in every batch; here none does, at the same cost.
 *
 * At first a word's vector is 1 long and kernels have variance 1 / (width E), so inputs have a deviation of 1 / sqrt(E): 8 of these
 * are beyond all of a batch.
 */
function clearOfKinks(parameters: Tree<HostArray>, { embeddingSize, channels }: TextSettings): Tree<HostArray> {
  const far = 8 / Math.sqrt(embeddingSize);
  const bias = {
    shape: [channels],
    data: Float32Array.from({ length: channels }, (_, unit) => (unit % 2 ? -far : far)),
  };
  return unflatten({ ...flatten(parameters), 'encoder/convolution/bias': bias });
}

/** Those of the package, and one for checks, which takes milliseconds. */
const presets: Readonly<Record<string, TextSettings>> = {
  ...textPresets,
  tiny: {
    ...textPresets.small,
    vocabularySize: 500,
    embeddingSize: 8,
    channels: 24,
    contextUnits: 16,
    batchSize: 6,
    negativeCount: 20,
  },
};

/** @throws {CpcArgumentError} if there is no preset of that name. */
export function textSettings(where: string, preset: string): TextSettings {
  const settings = new Map(Object.entries(presets)).get(preset);
  if (settings !== undefined) return settings;
  const expected = `one of ${Object.keys(presets).join(', ')}`;
  throw new CpcArgumentError({ where, argument: '--preset', expected, received: preset });
}
