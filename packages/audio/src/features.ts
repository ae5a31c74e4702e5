/**
 * What a trained model says of a recording: latents and contexts, frame by frame.
 *
 * A recording is heard in chunks, the last of them in the smallest of five sizes that holds it: few prepared functions serve every
 * length, short recordings cost little, and memory does not grow with long ones. Chunks overlap by what the encoder sees around a
 * latent, the context is carried from chunk to chunk, and positions beyond the recording's ends are zero in every layer, as they
 * are where the recording is encoded in one piece; chunks that reach no end are spared that. The features are those of the whole
 * recording up to rounding.
 *
 * Letters used for shapes here:
 *   T  frames of a recording    C  frames of a chunk    D  latent size    H  context size    W  samples a chunk hears
 */
import type { CompiledFunction } from '@cpc/compile';
import {
  CpcArgumentError,
  type Engine,
  flatten,
  type HostArray,
  joinRows,
  type Tree,
  unflatten,
  withoutPredictors,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { applyLevel, createLevelMeter, type InputLevel } from './input-scaling.js';
import { contextualise, encode, encoderHop, finalContext, receptiveFieldSamples } from './model.js';
import type { SpeechSettings } from './presets.js';

export interface SpeechFeatures {
  /** `[T, D]`: z. */
  readonly latents: HostArray;
  /** `[T, H]`: c; frame t has heard the recording up to frame t (and its loudness as a whole, see `input-scaling.ts`). */
  readonly contexts: HostArray;
}

/** Samples that need not be in memory at once. */
export interface SampleSource {
  readonly sampleCount: number;
  /** Mono at 16 kHz from sample `start` on; the array may be changed by the caller. */
  readonly read: (start: number, length: number) => Promise<Float32Array>;
}

export interface FeatureExtractor {
  /**
   * @param samples - mono at 16 kHz, at least one hop long; not changed. Samples behind the last whole hop are left out.
   * @returns T = floor(samples / 160) frames for the paper's strides.
   * @throws {CpcArgumentError} if there are fewer samples than one hop.
   */
  readonly extract: (samples: Float32Array) => Promise<SpeechFeatures>;
  /**
   * The same in parts of at most C frames, in order, for recordings of any length. A model with `unit-variance` input reads
   * the source twice: once for its loudness.
   */
  readonly stream: (source: SampleSource) => AsyncGenerator<SpeechFeatures, void, undefined>;
  readonly dispose: () => Promise<void>;
}

export interface FeatureExtractorOptions {
  readonly settings: SpeechSettings;
  readonly parameters: Tree<HostArray>;
  readonly engine: Engine;
  /** C; default 400, which is 4 seconds. What is shorter is heard in an eighth, a quarter, half or three quarters of it. Memory grows with it: about 0.3 GB per minute at 256 channels. */
  readonly chunkFrames?: number;
}

/**
 * Prepares to run a model over recordings.
 *
 * @example
 * const extractor = createFeatureExtractor({ settings, parameters, engine });
 * const { contexts } = await extractor.extract(await corpus.read(0)); // [T, 256]
 */
export function createFeatureExtractor(options: FeatureExtractorOptions): FeatureExtractor {
  const { settings } = options;
  const { smaller, largest } = geometriesOf(settings, options.chunkFrames ?? 400);
  const flat = withoutPredictors(flatten(options.parameters));
  const prepared = new Map<string, Promise<CompiledFunction>>();
  const prepare = (geometry: Geometry, isInside: boolean) => {
    const key = `${geometry.chunkFrames} ${isInside}`;
    const made = prepared.get(key) ?? prepareChunk(options, flat, geometry, isInside);
    prepared.set(key, made);
    return made;
  };

  async function* stream(source: SampleSource): AsyncGenerator<SpeechFeatures, void, undefined> {
    const frames = wholeFrames(source.sampleCount, largest.hop);
    const level = await levelOf(source, frames * largest.hop, settings);
    let state: HostArray = { shape: [1, settings.contextUnits], data: new Float32Array(settings.contextUnits) };
    for (let first = 0; first < frames; first += largest.chunkFrames) {
      const left = frames - first;
      const geometry = smaller.find(({ chunkFrames }) => chunkFrames >= left) ?? largest;
      const heard = await hear(source, first, frames, level, geometry);
      const chunk = await prepare(geometry, isInside(heard.bounds, geometry));
      const outputs = await chunk.run({ ...heard, state });
      state = arrayOf(outputs.finalState);
      const count = Math.min(geometry.chunkFrames, left);
      yield {
        latents: firstRows(arrayOf(outputs.latents), count),
        contexts: firstRows(arrayOf(outputs.contexts), count),
      };
    }
  }

  return {
    stream,
    extract: async (samples) => {
      const parts: SpeechFeatures[] = [];
      const read = (start: number, length: number) => Promise.resolve(samples.slice(start, start + length));
      for await (const part of stream({ sampleCount: samples.length, read })) parts.push(part);
      return {
        latents: joinRows(parts.map(({ latents }) => latents)),
        contexts: joinRows(parts.map(({ contexts }) => contexts)),
      };
    },
    dispose: async () => {
      const made = await Promise.all(prepared.values());
      prepared.clear();
      await Promise.all(made.map((chunk) => chunk.dispose()));
    },
  };
}

/** How chunks lie on a recording. */
interface Geometry {
  readonly hop: number;
  readonly chunkFrames: number;
  /** Frames heard on either side of a chunk, so that its first and last latents see all they would see. */
  readonly marginFrames: number;
  /** W. */
  readonly chunkSamples: number;
}

/** The largest has the frames asked for; of the others the smallest is first. */
function geometriesOf(settings: SpeechSettings, chunkFrames: number) {
  const largest = geometryOf(settings, chunkFrames);
  const frames = [1 / 8, 1 / 4, 1 / 2, 3 / 4]
    .map((part) => Math.floor(chunkFrames * part))
    .filter((count) => count >= 1);
  return { largest, smaller: frames.map((count) => geometryOf(settings, count)) };
}

function geometryOf({ layers }: SpeechSettings, chunkFrames: number): Geometry {
  if (!(Number.isInteger(chunkFrames) && chunkFrames >= 1)) {
    throw new CpcArgumentError({
      where: 'createFeatureExtractor',
      argument: 'chunkFrames',
      expected: 'chunkFrames as a whole number of at least 1',
      received: chunkFrames,
    });
  }
  const hop = encoderHop(layers);
  const marginFrames = Math.ceil(receptiveFieldSamples(layers) / hop);
  return { hop, chunkFrames, marginFrames, chunkSamples: (chunkFrames + 2 * marginFrames) * hop };
}

function prepareChunk(
  { settings, engine }: FeatureExtractorOptions,
  flat: Readonly<Record<string, HostArray>>,
  geometry: Geometry,
  isInside: boolean,
): Promise<CompiledFunction> {
  return engine.compile(
    (inputs) => chunkFeatures(settings, Object.keys(flat), geometry, isInside, inputs),
    {
      waveform: { shape: [1, geometry.chunkSamples], dtype: 'float32' },
      bounds: { shape: [2], dtype: 'float32' },
      state: { shape: [1, settings.contextUnits], dtype: 'float32' },
    },
    flat,
  );
}

/** Whether the recording goes on at both ends of a chunk. */
function isInside({ data: [begin = 0, end = 0] }: HostArray, { chunkSamples }: Geometry): boolean {
  return begin === 0 && end >= chunkSamples;
}

/**
 * Traced: `waveform` [1, W], `bounds` [2], `state` [1, H] to `latents` [1, C, D], `contexts` [1, C, H], `finalState` [1, H]. Inside
 * a recording the bounds are not read.
 */
function chunkFeatures(
  settings: SpeechSettings,
  paths: readonly string[],
  { chunkFrames, marginFrames }: Geometry,
  isInside: boolean,
  inputs: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const parameters = unflatten(Object.fromEntries(paths.map((path) => [path, inputs[path] as tf.Tensor])));
  const within = (length: number, samplesPerPosition: number) =>
    withinRecording(inputs.bounds as tf.Tensor1D, length, samplesPerPosition);
  const heard = encode(settings, parameters, inputs.waveform as tf.Tensor2D, isInside ? undefined : within); // [1, C + margins, D]
  const latents = tf.slice(heard, [0, marginFrames, 0], [1, chunkFrames, -1]); // [1, C, D]
  const contexts = contextualise(parameters, latents, inputs.state as tf.Tensor2D); // [1, C, H]
  return { latents, contexts, finalState: finalContext(contexts) };
}

/** `[1, length, 1]`: 1 for positions from the recording's first sample to its last, 0 beyond. `bounds`: both, in the chunk. */
function withinRecording(bounds: tf.Tensor1D, length: number, samplesPerPosition: number): tf.Tensor3D {
  const starts = tf.mul(tf.range(0, length, 1, 'float32'), samplesPerPosition); // [length]
  const begun = tf.greaterEqual(starts, tf.slice(bounds, [0], [1])); // [length]
  const notEnded = tf.less(starts, tf.slice(bounds, [1], [1])); // [length]
  return tf.reshape(tf.cast(tf.logicalAnd(begun, notEnded), 'float32'), [1, length, 1]);
}

/** What the chunk whose first frame is `first` hears, and where in it the recording begins and ends. */
async function hear(source: SampleSource, first: number, frames: number, level: InputLevel, geometry: Geometry) {
  const { hop, marginFrames, chunkSamples } = geometry;
  const origin = (first - marginFrames) * hop; // sample of the recording at which the chunk starts; may lie before it
  const begin = Math.max(0, origin);
  const end = Math.min(frames * hop, origin + chunkSamples);
  const samples = await source.read(begin, end - begin);
  applyLevel(samples, level);
  const waveform = new Float32Array(chunkSamples);
  waveform.set(samples, begin - origin);
  return {
    waveform: { shape: [1, chunkSamples], data: waveform },
    bounds: { shape: [2], data: Float32Array.of(Math.max(0, -origin), frames * hop - origin) },
  };
}

async function levelOf(
  source: SampleSource,
  sampleCount: number,
  { inputScaling }: SpeechSettings,
): Promise<InputLevel> {
  const meter = createLevelMeter(inputScaling);
  if (inputScaling === 'none') return meter.level();
  for (let start = 0; start < sampleCount; start += meterSamples) {
    meter.add(await source.read(start, Math.min(meterSamples, sampleCount - start)));
  }
  return meter.level();
}

const meterSamples = 1 << 20;

function wholeFrames(sampleCount: number, hop: number): number {
  const frames = Math.floor(sampleCount / hop);
  if (frames > 0) return frames;
  throw new CpcArgumentError({
    where: 'extract',
    argument: 'samples',
    expected: `at least ${hop} samples (one frame)`,
    received: sampleCount,
  });
}

function arrayOf(value: { readonly shape: readonly number[]; readonly data: unknown } | undefined): HostArray {
  if (value !== undefined && value.data instanceof Float32Array) return { shape: value.shape, data: value.data };
  throw new Error('the model gave no float32 features');
}

/** `[1, C, F]` to `[count, F]`. */
function firstRows({ shape, data }: HostArray, count: number): HostArray {
  const width = shape[2] ?? 0;
  return { shape: [count, width], data: data.subarray(0, count * width) };
}
