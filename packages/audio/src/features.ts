/**
 * What a trained model says of a recording: latents and contexts, frame by frame.
 *
 * Letters used for shapes here:
 *   T  frames of 10 ms    D  latent size    H  context size
 */
import type { CompiledFunction } from '@cpc/compile';
import {
  CpcArgumentError,
  type Engine,
  flatten,
  type HostArray,
  type Tree,
  unflatten,
  withoutPredictors,
} from '@cpc/core';
import type * as tf from '@tensorflow/tfjs';
import { scaleInput } from './input-scaling.js';
import { contextualise, encode, encoderHop } from './model.js';
import type { SpeechSettings } from './presets.js';

export interface SpeechFeatures {
  /** `[T, D]`: z. */
  readonly latents: HostArray;
  /** `[T, H]`: c; frame t has heard the recording up to frame t. */
  readonly contexts: HostArray;
}

export interface FeatureExtractor {
  /**
   * @param samples - mono at 16 kHz, at least one hop long; not changed. Samples behind the last whole hop are left out.
   * @returns T = floor(samples / 160) frames for the paper's strides.
   */
  readonly extract: (samples: Float32Array) => Promise<SpeechFeatures>;
  readonly dispose: () => Promise<void>;
}

export interface FeatureExtractorOptions {
  readonly settings: SpeechSettings;
  readonly parameters: Tree<HostArray>;
  readonly engine: Engine;
}

/** Prepared functions that are kept: one per length, the least recently used is let go. */
const keptLengths = 8;

/**
 * Prepares to run a model over whole recordings. The first recording of a length takes longer: its function is made then.
 *
 * @example
 * const extractor = createFeatureExtractor({ settings, parameters, engine });
 * const { contexts } = await extractor.extract(await corpus.read(0)); // [T, 256]
 */
export function createFeatureExtractor({ settings, parameters, engine }: FeatureExtractorOptions): FeatureExtractor {
  const hop = encoderHop(settings.layers);
  const flat = withoutPredictors(flatten(parameters));
  const prepared = new Map<number, CompiledFunction>();

  const functionFor = async (length: number): Promise<CompiledFunction> => {
    const known = prepared.get(length);
    const made =
      known ??
      (await engine.compile((inputs) => featuresOf(settings, Object.keys(flat), inputs), inputSpecs(flat, length)));
    prepared.delete(length);
    prepared.set(length, made); // last in the map is most recently used
    const [oldest] = prepared;
    if (prepared.size > keptLengths && oldest !== undefined) {
      prepared.delete(oldest[0]);
      await oldest[1].dispose();
    }
    return made;
  };

  return {
    extract: async (samples) => {
      const length = Math.floor(samples.length / hop) * hop;
      if (length === 0) {
        throw new CpcArgumentError({
          where: 'extract',
          argument: 'samples',
          expected: `at least ${hop} samples (one frame)`,
          received: samples.length,
        });
      }
      const scaled = samples.slice(0, length);
      scaleInput(scaled, settings.inputScaling);
      const run = await functionFor(length);
      const { latents, contexts } = await run.run({ ...flat, waveform: { shape: [1, length], data: scaled } });
      return { latents: frames(latents), contexts: frames(contexts) };
    },
    dispose: async () => {
      await Promise.all([...prepared.values()].map((made) => made.dispose()));
      prepared.clear();
    },
  };
}

function inputSpecs(flat: Readonly<Record<string, HostArray>>, length: number) {
  return {
    ...Object.fromEntries(
      Object.entries(flat).map(([path, { shape }]) => [path, { shape, dtype: 'float32' as const }]),
    ),
    waveform: { shape: [1, length], dtype: 'float32' as const },
  };
}

/** Traced: encoder, then context. */
function featuresOf(
  settings: SpeechSettings,
  paths: readonly string[],
  inputs: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const parameters = unflatten(Object.fromEntries(paths.map((path) => [path, inputs[path] as tf.Tensor])));
  const latents = encode(settings, parameters, inputs.waveform as tf.Tensor2D);
  return { latents, contexts: contextualise(parameters, latents) };
}

/** Without the batch axis. */
function frames(value: { readonly shape: readonly number[]; readonly data: unknown } | undefined): HostArray {
  if (value !== undefined && value.data instanceof Float32Array)
    return { shape: value.shape.slice(1), data: value.data };
  throw new Error('the model gave no float32 features');
}
