import { createRandom, type Engine, type HostArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { mfcc } from '../mfcc/mfcc.js';
import { initialiseSpeechModel } from '../model.js';
import { smallPreset } from '../presets.js';
import { baselineFeatures, featureBaselines, type ProbedModel, trainedFeatures } from './feature-sources.js';

const settings = { ...smallPreset, channels: 8, contextUnits: 6 };
const seed = 5;
const samples = Float32Array.from({ length: 1700 }, (_, index) => 0.3 * Math.sin(index / 9));

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'cpu' });
});

const model = (parametersSeed: number, representation: 'latent' | 'context' = 'context'): ProbedModel => ({
  settings,
  seed,
  representation,
  engine,
  parameters: initialiseSpeechModel(settings, createRandom(parametersSeed)),
});

async function featuresOf(source: ReturnType<typeof trainedFeatures>): Promise<HostArray> {
  const features = await source.extract(samples);
  await source.dispose();
  return features;
}

describe('features of a recording of 1,700 samples', () => {
  it('are 10 frames from every origin: 6 contexts, 8 latents, 39 MFCCs', async () => {
    const shapes = [
      await featuresOf(trainedFeatures(model(1))),
      await featuresOf(trainedFeatures(model(1, 'latent'))),
      await featuresOf(baselineFeatures('random', model(1))),
      await featuresOf(baselineFeatures('mfcc', model(1))),
      await featuresOf(baselineFeatures('mfcc-normalised', model(1))),
    ].map(({ shape }) => shape);
    expect(shapes).toEqual([
      [10, 6],
      [10, 8],
      [10, 6],
      [10, 39],
      [10, 39],
    ]);
  });

  it('differ between two trained models, but not those of "random", which come from the run’s seed', async () => {
    const trained = await Promise.all([1, 2].map((one) => featuresOf(trainedFeatures(model(one)))));
    expect(trained[0]?.data).not.toEqual(trained[1]?.data);
    const random = await Promise.all([1, 2].map((one) => featuresOf(baselineFeatures('random', model(one)))));
    expect(random[0]?.data).toEqual(random[1]?.data);
  });

  it('are those of mfcc(), with and without normalisation', async () => {
    expect(await featuresOf(baselineFeatures('mfcc', model(1)))).toEqual(mfcc(samples));
    expect(await featuresOf(baselineFeatures('mfcc-normalised', model(1)))).toEqual(mfcc(samples, { normalise: true }));
  });
});

describe('baselineFeatures', () => {
  it('names the origin of its features: none has the representation of another kind', () => {
    const named = featureBaselines.map((name) => {
      const { baseline, representation } = baselineFeatures(name, model(1, 'latent'));
      return [baseline, representation];
    });
    expect(named).toEqual([
      ['random', 'latent'],
      ['mfcc', 'mfcc'],
      ['mfcc-normalised', 'mfcc'],
    ]);
  });

  it.each(['oracle', 'toString', ''])('refuses "%s" and lists the 3 it knows', (name) => {
    expect(() => baselineFeatures(name, model(1))).toThrow(
      `probe: expected baselines out of random, mfcc, mfcc-normalised, received "${name}".`,
    );
  });
});
