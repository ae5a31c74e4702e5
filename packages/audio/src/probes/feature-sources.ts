/**
 * Where the features come from that a probe reads: the trained model, or something to compare it with.
 *
 * A source is asked for one recording at a time and says nothing of labels, so every origin is scored on the same frames.
 * All give one vector per 160 samples, centred on sample 160 t + 80. A baseline that learns from labels is no source: its
 * features would differ from split to split.
 *
 * Letters used for shapes here:
 *   T  frames of 10 ms, floor(samples / 160)    F  features of a frame
 */
import { CpcError, type Engine, type HostArray, type Tree, untrainedModel } from '@cpc/core';
import { createFeatureExtractor } from '../features.js';
import { mfcc } from '../mfcc/mfcc.js';
import { initialiseSpeechModel } from '../model.js';
import type { SpeechSettings } from '../presets.js';

/** Features of one origin. */
export interface FeatureSource {
  /** The baseline's name; absent for the trained model. */
  readonly baseline?: string;
  /** Which features these are, for the result: `context`, `latent`, `mfcc`. */
  readonly representation: string;
  /**
   * @param samples - mono at 16 kHz, at least 160; not changed.
   * @returns `[T, F]`; the caller owns it.
   */
  readonly extract: (samples: Float32Array) => Promise<HostArray>;
  readonly dispose: () => Promise<void>;
}

/** What a source may be made from. */
export interface ProbedModel {
  readonly settings: SpeechSettings;
  /** As trained. */
  readonly parameters: Tree<HostArray>;
  /** Of the run: the model's first parameters are made from it. */
  readonly seed: number;
  readonly representation: 'latent' | 'context';
  readonly engine: Engine;
}

/** Features of the model as trained. */
export function trainedFeatures(model: ProbedModel): FeatureSource {
  return modelFeatures(model, model.parameters);
}

/** What each baseline's features are, by its name. */
const baselines: Readonly<Record<string, (model: ProbedModel) => Omit<FeatureSource, 'baseline'>>> = {
  /** The run's own model before its first update. Table 1: 27.6 % of phones. */
  random: (model) => modelFeatures(model, untrained(model)),
  /** 13 coefficients, deltas and double deltas: 39 features. Table 1: 39.7 % of phones. */
  mfcc: () => mfccFeatures(false),
  /** The same with mean 0 and deviation 1 over each recording: what is left where loudness and channel are taken out. */
  'mfcc-normalised': () => mfccFeatures(true),
};

/** The names that `baselineFeatures` knows. */
export const featureBaselines: readonly string[] = Object.keys(baselines);

/**
 * Features of a baseline.
 *
 * @throws {CpcError} if there is none of that name.
 */
export function baselineFeatures(name: string, model: ProbedModel): FeatureSource {
  const create = Object.hasOwn(baselines, name) ? baselines[name] : undefined;
  if (create !== undefined) return { ...create(model), baseline: name };
  throw new CpcError({
    where: 'probe',
    expected: `baselines out of ${featureBaselines.join(', ')}`,
    received: `"${name}"`,
  });
}

function modelFeatures(model: ProbedModel, parameters: Tree<HostArray>): FeatureSource {
  const { settings, engine, representation } = model;
  const extractor = createFeatureExtractor({ settings, parameters, engine });
  return {
    representation,
    extract: async (samples) => {
      const { latents, contexts } = await extractor.extract(samples);
      return representation === 'latent' ? latents : contexts;
    },
    dispose: extractor.dispose,
  };
}

function untrained({ settings, seed }: ProbedModel): Tree<HostArray> {
  return untrainedModel({ initialise: (random) => initialiseSpeechModel(settings, random) }, seed);
}

function mfccFeatures(normalise: boolean): FeatureSource {
  return {
    representation: 'mfcc',
    extract: (samples) => Promise.resolve(mfcc(samples, { normalise })),
    dispose: () => Promise.resolve(),
  };
}
