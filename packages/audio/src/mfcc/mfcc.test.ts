import { createRandom, type HostArray } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { shiftsBySeparation } from '../data/test-support/class-separation.js';
import { createBuiltInSpeech } from '../synthesis/built-in-speech.js';
import librosa from './fixtures/librosa.json';
import { mfcc } from './mfcc.js';
import type { MfccOptions } from './mfcc-options.js';

const noise = (length: number, seed = 1): Float32Array => {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => 0.1 * random.normal());
};
const row = ({ shape, data }: HostArray, frame: number) =>
  data.subarray(frame * (shape[1] ?? 0), (frame + 1) * (shape[1] ?? 0));
const furthest = (ours: ArrayLike<number>, theirs: readonly number[]) =>
  Math.max(...theirs.map((value, index) => Math.abs((ours[index] ?? Number.NaN) - value)));

describe('mfcc', () => {
  it.each([160, 319, 320, 16_000, 16_159])('gives %i samples floor(n / 160) frames of 39 finite features', (length) => {
    const { shape, data } = mfcc(noise(length));
    expect(shape).toEqual([Math.floor(length / 160), 39]);
    expect(data).toHaveLength(Math.floor(length / 160) * 39);
    expect(data.every(Number.isFinite)).toBe(true);
  });

  it.each(librosa.cases.map((one, index) => [index, one] as const))(
    'agrees with librosa’s stored features of 20 frames to 1e-4, settings %i',
    (_, { settings, features }) => {
      const { shape, data } = mfcc(
        Float32Array.from(librosa.samples, (sample) => sample / 32_768),
        settings as MfccOptions,
      );
      expect(shape).toEqual([20, features[0]?.length]);
      expect(furthest(data, features.flat())).toBeLessThan(1e-4);
    },
  );

  it('hears a click at sample 160 t + 80 loudest in frame t, for 20 frames: the encoder’s centres', () => {
    for (let frame = 1; frame < 21; frame += 1) {
      const samples = new Float32Array(22 * 160);
      samples[160 * frame + 80] = 1;
      const { data } = mfcc(samples, { deltas: 0, preEmphasis: 0, coefficientCount: 1 });
      expect(data.indexOf(Math.max(...data))).toBe(frame);
      expect(data[frame - 1]).toBeCloseTo(data[frame + 1] ?? 0, 6); // as far before as after
    }
  });

  it('hears samples 160 t - 120 to 160 t + 279 in frame t and no others', () => {
    const quiet = mfcc(new Float32Array(3200), { deltas: 0, preEmphasis: 0 });
    const changed = (at: number) => {
      const samples = new Float32Array(3200);
      samples[at] = 1;
      const { data, shape } = mfcc(samples, { deltas: 0, preEmphasis: 0 });
      return [...Array(shape[0] ?? 0).keys()].filter(
        (frame) => furthest(row({ data, shape }, frame), [...row(quiet, frame)]) > 0,
      );
    };
    expect(changed(160 * 7 - 120)).toEqual([5, 6, 7]);
    expect(changed(160 * 7 - 121)).toEqual([5, 6]);
    expect(changed(160 * 7 + 279)).toEqual([7, 8, 9]);
    expect(changed(160 * 7 + 280)).toEqual([8, 9]);
  });

  it('shifts by t when the recording starts 160 t samples later', () => {
    const samples = noise(8000);
    const early = mfcc(samples, { deltas: 1 });
    const late = mfcc(samples.slice(160 * 5), { deltas: 1 });
    for (let frame = 4; frame < 40; frame += 1)
      expect(furthest(row(late, frame), [...row(early, frame + 5)])).toBeLessThan(1e-6);
  });

  it('adds ln 4 sqrt 26 to coefficient 0 of a recording twice as loud, and nothing to the others', () => {
    const samples = noise(3200);
    const soft = mfcc(samples, { deltas: 0, lifter: 0 });
    const loud = mfcc(
      samples.map((sample) => 2 * sample),
      { deltas: 0, lifter: 0 },
    );
    for (let frame = 0; frame < 20; frame += 1) {
      const difference = [...row(loud, frame)].map((value, index) => value - (row(soft, frame)[index] ?? 0));
      expect(difference[0]).toBeCloseTo(Math.log(4) * Math.sqrt(26), 4);
      for (const value of difference.slice(1)) expect(value).toBeCloseTo(0, 4);
    }
  });

  it('normalises each of 39 features to mean 0 and deviation 1 over the recording', () => {
    const { data } = mfcc(noise(16_000), { normalise: true });
    for (let column = 0; column < 39; column += 1) {
      const values = [...data].filter((_, index) => index % 39 === column);
      const mean = values.reduce((sum, value) => sum + value, 0) / 100;
      expect(mean).toBeCloseTo(0, 5);
      expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 100).toBeCloseTo(1, 4);
    }
  });

  it('gives digital silence ln 1e-10 sqrt 26 and zeros, and only zeros when normalised', () => {
    const { data } = mfcc(new Float32Array(1600), { deltas: 0 });
    expect(data[0]).toBeCloseTo(Math.log(1e-10) * Math.sqrt(26), 3);
    expect(Math.max(...data.subarray(1, 13).map(Math.abs))).toBeLessThan(1e-5);
    expect([...new Set(mfcc(new Float32Array(1600), { normalise: true }).data)]).toEqual([0]);
  });

  it('stays finite for samples of 1e4 and of 1e-30', () => {
    for (const scale of [1e4, 1e-30]) {
      const { data } = mfcc(
        noise(3200).map((sample) => sample * scale),
        { normalise: true },
      );
      expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  it('fits built-in speech’s labels best as they lie: a shift of 1 to 5 frames either way separates phones less', async () => {
    const speech = createBuiltInSpeech({ seed: 3, speakers: 2, utterancesPerSpeaker: 2 });
    const features = await Promise.all(
      speech.recordings.map(async (_, index) => mfcc(await speech.read(index), { deltas: 0, normalise: true })),
    );
    const [best, second] = shiftsBySeparation(features, speech.labels().byRecording);
    expect(best?.shift).toBe(0);
    expect(Math.abs(second?.shift ?? 0)).toBe(1);
  });

  it.each<[MfccOptions, RegExp]>([
    [{ windowSamples: 3 }, /windowSamples as a whole number from 4/],
    [{ preEmphasis: 1 }, /preEmphasis as a number from 0 to below 1/],
    [{ highestHz: 9000 }, /highestHz .* at most half the rate/],
    [{ lowestHz: 4000, highestHz: 3000 }, /highestHz .* above lowestHz/],
    [{ coefficientCount: 27 }, /coefficientCount as a whole number from 1 to filterCount, received 27/],
    [{ lifter: Number.NaN }, /lifter/],
    [{ filterCount: 200, coefficientCount: 13 }, /fewer filters, or a longer window/],
  ])('refuses %j', (options, message) => {
    expect(() => mfcc(noise(1600), options)).toThrow(message);
  });

  it('refuses 159 samples: not one frame', () => {
    expect(() => mfcc(noise(159))).toThrow('mfcc: expected at least 160 samples (one frame), received 159.');
  });
});
