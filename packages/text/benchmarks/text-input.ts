/** Model and data of a training step on text. */
import { adam, batchOf, CpcArgumentError, createRandom, initialiseModel } from '@cpc/core';
import { createTextDomain, type TextSettings, textPresets } from '@cpc/text';
import type { StepInput } from '../../../benchmarks/src/case.js';
import { novelLikeCorpus } from './novel-like-text.js';

const seed = 1;
/** Batches that the steps go through in turn, and among which the check looks for one on which both sides agree. */
const batchCount = 8;
const sentenceCount = 20_000;

export async function textInput(settings: TextSettings): Promise<StepInput> {
  const domain = createTextDomain(novelLikeCorpus(sentenceCount, settings.vocabularySize), settings);
  const random = createRandom(seed);
  const numbers = Array.from({ length: batchCount }, (_, index) => index + 1);
  return {
    settings,
    domain,
    optimiser: adam({ learningRate: settings.learningRate }),
    clipNorm: settings.clipNorm,
    parameters: initialiseModel(domain, random.fold('initialise')),
    batches: await Promise.all(numbers.map((number) => batchOf(domain, random, number))),
  };
}

/** Those of the package, and one for checks, which takes milliseconds. */
const presets: Readonly<Record<string, TextSettings>> = {
  ...textPresets,
  tiny: {
    ...{ ...textPresets.small, vocabularySize: 500, embeddingSize: 8, channels: 24, contextUnits: 16 },
    ...{ batchSize: 6, negativeCount: 20 },
  },
};

/** @throws {CpcArgumentError} if there is no preset of that name. */
export function textSettings(where: string, preset: string): TextSettings {
  const settings = new Map(Object.entries(presets)).get(preset);
  if (settings !== undefined) return settings;
  const expected = `one of ${Object.keys(presets).join(', ')}`;
  throw new CpcArgumentError({ where, argument: '--preset', expected, received: preset });
}
