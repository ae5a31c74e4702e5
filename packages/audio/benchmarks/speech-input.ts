/** Model and data of a speech case: built-in speech, so that anyone can repeat it. */

import { adam, batchOf, CpcArgumentError, createRandom, initialiseModel } from '@cpc/core';
import type { StepInput } from '@cpc/testing';
import { type SpeechSettings, speechPresets } from '../src/presets.js';
import { createSpeechDomain } from '../src/speech-domain.js';
import { createBuiltInSpeech } from '../src/synthesis/built-in-speech.js';

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
  const settings = new Map<string, SpeechSettings>(Object.entries(speechPresets)).get(preset);
  if (settings !== undefined) return settings;
  throw new CpcArgumentError({
    where,
    argument: '--preset',
    expected: `one of ${Object.keys(speechPresets).join(', ')}`,
    received: preset,
  });
}
