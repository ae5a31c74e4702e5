/** Model and data of a speech case: built-in speech, so that anyone can repeat it. */
import { createBuiltInSpeech, createSpeechDomain, type SpeechSettings, speechPresets } from '@cpc/audio';
import { adam, batchOf, createRandom, initialiseModel } from '@cpc/core';
import type { StepInput } from '../../../benchmarks/src/case.js';
import { namedPreset } from '../../../benchmarks/src/named-preset.js';

const seed = 1;
/** Batches that the steps go through in turn, and among which the check looks for one on which both sides agree. */
const batchCount = 8;

export async function speechInput(settings: SpeechSettings): Promise<StepInput> {
  const corpus = createBuiltInSpeech({ seed, speakers: 8, utterancesPerSpeaker: 4 });
  const domain = createSpeechDomain(corpus, settings);
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

/** @throws {CpcArgumentError} if there is no such preset. */
export function speechSettings(where: string, preset: string): SpeechSettings {
  return namedPreset<SpeechSettings>(where, speechPresets, preset);
}
