import { createRandom, type Engine, type HostArray, mapTree, type Tree } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFeatureExtractor, type SpeechFeatures } from './features.js';
import { scaleInput } from './input-scaling.js';
import { contextualise, encode, initialiseSpeechModel } from './model.js';
import { smallPreset } from './presets.js';

let cpu: Engine;
beforeAll(async () => {
  cpu = await createEngine({ name: 'cpu' });
});

const settings = { ...smallPreset, channels: 6, contextUnits: 5 };
/** Biases that are not zero: then a position beyond the recording that is not silenced shows. */
const parameters = mapTree(initialiseSpeechModel(settings, createRandom(3)), ({ shape, data }: HostArray) => ({
  shape,
  data: data.map((value, index) => value + 0.05 * Math.cos(index)),
})) as Tree<HostArray>;

function noise(samples: number): Float32Array {
  const random = createRandom(samples);
  return Float32Array.from(
    { length: samples },
    (_, index) => 0.3 * random.normal() + 0.2 * Math.sin(index / 20) + 0.01,
  );
}

/** The recording in one piece, as training encodes a window. */
function inOnePiece(samples: Float32Array): SpeechFeatures {
  const heard = samples.slice(0, Math.floor(samples.length / 160) * 160);
  scaleInput(heard, settings.inputScaling);
  const tensors = mapTree(parameters, ({ shape, data }) => tf.tensor(data, [...shape]));
  const latents = encode(settings, tensors, tf.tensor2d(heard, [1, heard.length]));
  const contexts = contextualise(tensors, latents);
  const rows = (value: tf.Tensor3D) => ({ shape: value.shape.slice(1), data: value.dataSync() as Float32Array });
  return { latents: rows(latents), contexts: rows(contexts) };
}

function largestDifference(left: HostArray, right: HostArray): number {
  expect(left.shape).toEqual(right.shape);
  return left.data.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (right.data[index] ?? Number.NaN))),
    0,
  );
}

describe('createFeatureExtractor', () => {
  it.each([160, 319, 160 * 7, 160 * 8, 160 * 22 + 5])(
    'gives %i samples in chunks of 7 frames the features of the recording in one piece, to 1e-5',
    async (samples) => {
      const extractor = createFeatureExtractor({ settings, parameters, engine: cpu, chunkFrames: 7 });
      const waveform = noise(samples);
      const features = await extractor.extract(waveform);
      const whole = inOnePiece(waveform);
      expect(features.latents.shape).toEqual([Math.floor(samples / 160), 6]);
      expect(largestDifference(features.latents, whole.latents)).toBeLessThan(1e-5);
      expect(largestDifference(features.contexts, whole.contexts)).toBeLessThan(1e-5);
      await extractor.dispose();
    },
  );

  it('gives the same on engine onnx, for two recordings at once, and leaves the samples as they were', async () => {
    const engine = await createEngine({ name: 'onnx', threads: 1 });
    const extractor = createFeatureExtractor({ settings, parameters, engine, chunkFrames: 9 });
    const waveforms = [noise(160 * 30), noise(160 * 11)];
    const before = waveforms.map((waveform) => waveform.slice());
    const features = await Promise.all(waveforms.map((waveform) => extractor.extract(waveform)));
    for (const [index, waveform] of waveforms.entries()) {
      const whole = inOnePiece(waveform);
      expect(largestDifference(features[index]?.contexts as HostArray, whole.contexts)).toBeLessThan(1e-5);
      expect(waveform).toEqual(before[index]);
    }
    await extractor.dispose();
  });

  it('streams 1,000 frames of a source that is never asked for more than a chunk at once beside the loudness', async () => {
    const extractor = createFeatureExtractor({ settings, parameters, engine: cpu, chunkFrames: 300 });
    const waveform = noise(160_000);
    let largest = 0;
    let passes = 0;
    const read = (start: number, length: number) => {
      if (start === 0) passes += 1;
      largest = Math.max(largest, length);
      return Promise.resolve(waveform.slice(start, start + length));
    };
    const frames: number[] = [];
    for await (const { contexts } of extractor.stream({ sampleCount: waveform.length, read })) {
      frames.push(contexts.shape[0] ?? 0);
    }
    expect(frames).toEqual([300, 300, 300, 100]);
    expect(passes).toBe(2);
    expect(largest).toBeLessThanOrEqual(160_000);
    await extractor.dispose();
  });

  it('prepares chunks of 10 frames for 9, of 80 and 20 for 91, and of 80 and 60 within 300, each once, of chunks of 80 at most', async () => {
    const prepared: number[] = [];
    const counting: typeof cpu = {
      ...cpu,
      compile: (fn, inputs, constants) => {
        prepared.push((inputs.waveform?.shape[1] ?? 0) / 160 - 2 * 3); // 465 samples are seen: 3 frames on either side
        return cpu.compile(fn, inputs, constants);
      },
    };
    const extractor = createFeatureExtractor({ settings, parameters, engine: counting, chunkFrames: 80 });
    await extractor.extract(noise(160 * 9));
    expect(prepared).toEqual([10]);
    await extractor.extract(noise(160 * 91));
    await extractor.extract(noise(160 * 8));
    expect(prepared).toEqual([10, 80, 20]);
    await extractor.extract(noise(160 * 300)); // two chunks of it reach neither end, and 60 frames are left
    expect(prepared).toEqual([10, 80, 20, 80, 60]);
    await extractor.dispose();
  });

  it('refuses 159 samples and chunks of no frames', async () => {
    const extractor = createFeatureExtractor({ settings, parameters, engine: cpu });
    await expect(extractor.extract(new Float32Array(159))).rejects.toThrow(/at least 160 samples.*159/);
    expect(() => createFeatureExtractor({ settings, parameters, engine: cpu, chunkFrames: 0 })).toThrow(/chunkFrames/);
  });
});
