import { countParameters, createRandom, type HostArray, mapTree, type Tree } from '@cpc/core';
import { describeDomain } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCorpus } from './data/corpus.js';
import { encode, encoderHop, initialiseSpeechModel, paperLayers, receptiveFieldSamples } from './model.js';
import { paperPreset, smallPreset } from './presets.js';
import { createSpeechDomain } from './speech-domain.js';
import { createBuiltInSpeech } from './synthesis/built-in-speech.js';

beforeAll(() => tf.setBackend('cpu'));

const speech = () => createBuiltInSpeech({ seed: 1, speakers: 2, utterancesPerSpeaker: 2, secondsPerUtterance: 1 });
const tiny = {
  ...smallPreset,
  channels: 6,
  contextUnits: 5,
  windowSamples: 3200,
  batchSize: 2,
  predictionSteps: 3,
  negativeCount: 8,
};

describeDomain('audio, negatives of the own sequence', { create: () => createSpeechDomain(speech(), tiny) });
describeDomain('audio, negatives of the batch, normalised channels', {
  create: () => createSpeechDomain(speech(), { ...tiny, negatives: 'mixed-speaker', normalisation: 'channel' }),
});
describeDomain('audio, negatives of other windows of the same speaker', {
  create: () => createSpeechDomain(speech(), { ...tiny, negatives: 'same-speaker-excluding-own' }),
});
describeDomain('audio, windows heard faster and slower', {
  create: () => createSpeechDomain(speech(), { ...tiny, speedPerturbation: 0.2 }),
});

function tensors(tree: Tree<HostArray>): Tree<tf.Tensor> {
  return mapTree(tree, ({ shape, data }) => tf.tensor(data, [...shape]));
}

/** Times that the signal rises through 0: a second of a tone has as many as its frequency. */
function risesIn(samples: ArrayLike<number>): number {
  return Array.from(samples).filter((sample, index, all) => index > 0 && (all[index - 1] ?? 0) < 0 && sample >= 0)
    .length;
}

describe('the paper preset', () => {
  it('has 5.25 M encoder, 0.59 M GRU parameters, a hop of 160 and a receptive field of 465 samples', () => {
    const { encoder, context } = initialiseSpeechModel(paperPreset, createRandom(1));
    expect(countParameters({ encoder: encoder ?? {} })).toBe(10 * 512 + 8 * 512 * 512 + 3 * 4 * 512 * 512 + 5 * 512);
    expect(countParameters({ encoder: encoder ?? {} }) / 1e6).toBeCloseTo(5.25, 2);
    expect(countParameters({ context: context ?? {} }) / 1e6).toBeCloseTo(0.59, 2);
    expect(encoderHop(paperLayers)).toBe(160);
    expect(receptiveFieldSamples(paperLayers)).toBe(465);
  });

  it('turns a window of 20,480 samples into 128 latents', () => {
    const domain = createSpeechDomain(
      createBuiltInSpeech({ seed: 1, speakers: 1, utterancesPerSpeaker: 1, secondsPerUtterance: 2 }),
      paperPreset,
    );
    expect(domain.layout).toEqual({ sequences: 8, positions: 128, latentSize: 512, contextSize: 256 });
    expect(domain.offsets).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});

describe('encode', () => {
  it('lets latent 10 hear samples 1448 to 1912 and no others: 465 around its centre, 160 x 10 + 80', () => {
    const parameters = tensors(initialiseSpeechModel({ ...tiny, channels: 16 }, createRandom(4)));
    const settings = { ...tiny, channels: 16 };
    const latent = (waveform: tf.Tensor) =>
      tf.sum(tf.slice(encode(settings, parameters, waveform as tf.Tensor2D), [0, 10, 0], [1, 1, 16]));
    const waveform = tf.tensor2d(
      Float32Array.from({ length: 3200 }, (_, index) => Math.sin(index)),
      [1, 3200],
    );
    const gradient = tf.grad(latent)(waveform).dataSync();
    const heard = [...gradient.keys()].filter((sample) => gradient[sample] !== 0);
    expect(heard[0]).toBe(1448);
    expect(heard.at(-1)).toBe(1912);
    expect((1448 + 1912) / 2).toBe(160 * 10 + 80);
  });
});

describe('createSpeechDomain', () => {
  it('hears each window of a batch at a speed of its own, within 0.8 and 1.2, and at its own without perturbation', async () => {
    const samples = Float32Array.from({ length: 32_000 }, (_, index) =>
      Math.sin((2 * Math.PI * 1000 * index) / 16_000),
    );
    const corpus = createMemoryCorpus([{ id: 'tone', speaker: 'a', samples }], { name: 'tones' });
    const settings = { ...tiny, batchSize: 8, inputScaling: 'none' } as const;
    const hertzOf = async (speedPerturbation: number) => {
      const domain = createSpeechDomain(corpus, { ...settings, speedPerturbation });
      const { data } = (await domain.draw(createRandom(2))).waveform as HostArray;
      return Array.from({ length: 8 }, (_, window) => risesIn(data.subarray(window * 3200, (window + 1) * 3200)) * 5);
    };
    for (const hertz of await hertzOf(0)) expect(Math.abs(hertz - 1000)).toBeLessThanOrEqual(5);
    const perturbed = await hertzOf(0.2);
    expect(Math.min(...perturbed)).toBeGreaterThanOrEqual(790);
    expect(Math.max(...perturbed)).toBeLessThanOrEqual(1210);
    expect(new Set(perturbed.map((hertz) => Math.round(hertz / 25))).size).toBeGreaterThan(3);
  });

  it('refuses a window of 3,210 samples and one too short for 12 steps', () => {
    expect(() => createSpeechDomain(speech(), { ...tiny, windowSamples: 3210 })).toThrow(
      /multiple of 160 .* received 3210/,
    );
    expect(() => createSpeechDomain(speech(), { ...tiny, windowSamples: 1600, predictionSteps: 12 })).toThrow(
      /above 1920/,
    );
  });

  it('scales every window to deviation 1, however loud', async () => {
    const { waveform } = await createSpeechDomain(speech(), tiny).draw(createRandom(1));
    for (let window = 0; window < 2; window++) {
      const samples = (waveform?.data ?? new Float32Array(0)).slice(window * 3200, (window + 1) * 3200);
      let squares = 0;
      for (const sample of samples) squares += sample * sample;
      expect(squares / 3200).toBeCloseTo(1, 2);
    }
  });
});
