/**
 * Speech as a domain of core: windows of recordings in, the model of `model.ts` over them.
 */
import {
  CpcArgumentError,
  type Domain,
  type NegativeSampler,
  negativesFromBatch,
  negativesFromOtherSequences,
  negativesFromOwnAndOtherSequences,
  negativesFromOwnSequence,
} from '@cpc/core';
import type * as tf from '@tensorflow/tfjs';
import type { SpeechCorpus } from './data/corpus.js';
import { createSpeedPerturbation } from './data/speed-perturbation.js';
import type { WindowMode } from './data/window-choosers.js';
import { createWindowSampler, type WindowSampler } from './data/windows.js';
import { scaleInput } from './input-scaling.js';
import { contextualise, encode, encoderHop, initialiseSpeechModel } from './model.js';
import type { NegativeSource, SpeechSettings } from './presets.js';

/** Name of the batch's input: `[B, N]` float32. */
const waveformInput = 'waveform';

/** Table 2 and ours: whose windows stand in a batch, and which of them negatives come from. */
const negativeRules: Readonly<
  Record<NegativeSource, { readonly windows: WindowMode; readonly negatives: (count: number) => NegativeSampler }>
> = {
  'mixed-speaker': { windows: 'uniform', negatives: negativesFromBatch },
  'same-speaker': { windows: 'same-speaker', negatives: negativesFromBatch },
  'mixed-speaker-excluding-own': { windows: 'uniform', negatives: negativesFromOtherSequences },
  'same-speaker-excluding-own': { windows: 'same-speaker', negatives: negativesFromOtherSequences },
  'own-sequence': { windows: 'uniform', negatives: negativesFromOwnSequence },
  'own-and-others': { windows: 'uniform', negatives: negativesFromOwnAndOtherSequences },
};

/** Speech as a domain. */
export interface SpeechDomain extends Domain {
  /** What is trained on. */
  readonly windows: Pick<WindowSampler, 'recordings' | 'windowCount'>;
}

export interface SpeechDomainOptions {
  /** Fail at a recording that turns out to be damaged, instead of training on another window; default false. */
  readonly strict?: boolean;
}

/**
 * Training on a corpus with the given settings.
 *
 * @param recordings - indices of the recordings to train on; all if left out.
 * @throws {CpcArgumentError} if the window is not a multiple of the hop, or too short for the steps to predict.
 *
 * @example
 * const domain = createSpeechDomain(corpus, speechPresets.small);
 */
export function createSpeechDomain(
  corpus: SpeechCorpus,
  settings: SpeechSettings,
  recordings?: readonly number[],
  { strict = false }: SpeechDomainOptions = {},
): SpeechDomain {
  const { windowSamples, batchSize, channels, contextUnits, predictionSteps } = settings;
  const speeds = createSpeedPerturbation(settings.speedPerturbation);
  const sourceSamples = speeds.sourceSamples(windowSamples);
  const positions = checkedPositions(settings);
  const { windows, negatives } = negativeRules[settings.negatives];
  const sampler = createWindowSampler(corpus, {
    windowSamples: sourceSamples,
    batchSize,
    mode: windows,
    strict,
    ...(recordings === undefined ? {} : { recordings }),
  });
  return {
    name: 'audio',
    windows: sampler,
    damaged: sampler.damaged,
    layout: { sequences: batchSize, positions, latentSize: channels, contextSize: contextUnits },
    offsets: Array.from({ length: predictionSteps }, (_, index) => index + 1),
    predictorScale: settings.predictorScale,
    negatives: negatives(settings.negativeCount),
    initialise: (random) => initialiseSpeechModel(settings, random),
    batch: { [waveformInput]: { shape: [batchSize, windowSamples], dtype: 'float32' } },
    draw: async (random) => {
      const { samples: sources } = await sampler.draw(random);
      const samples = new Float32Array(batchSize * windowSamples); // [B * N]
      for (let window = 0; window < batchSize; window++) {
        const source = sources.subarray(window * sourceSamples, (window + 1) * sourceSamples);
        const heard = speeds.perturb(source, windowSamples, random);
        scaleInput(heard, settings.inputScaling);
        samples.set(heard, window * windowSamples);
      }
      return { [waveformInput]: { shape: [batchSize, windowSamples], data: samples } };
    },
    encode: (parameters, batch) => encode(settings, parameters, batch[waveformInput] as tf.Tensor2D),
    contextualise: (parameters, latents) => contextualise(parameters, latents),
  };
}

/** Samples of a recording that a window is made from: more than the window has where it may be heard faster. */
export function sourceSamplesOf({
  windowSamples,
  speedPerturbation,
}: Pick<SpeechSettings, 'windowSamples' | 'speedPerturbation'>): number {
  return createSpeedPerturbation(speedPerturbation).sourceSamples(windowSamples);
}

/** T: latents in a window. */
function checkedPositions({ windowSamples, layers, predictionSteps }: SpeechSettings): number {
  const hop = encoderHop(layers);
  const positions = windowSamples / hop;
  if (Number.isInteger(positions) && positions > predictionSteps) return positions;
  throw new CpcArgumentError({
    where: 'createSpeechDomain',
    argument: 'windowSamples',
    expected: `a multiple of ${hop} (one latent) above ${predictionSteps * hop} (the steps to predict)`,
    received: windowSamples,
  });
}
