import { describe, expect, it } from 'vitest';
import { canResample, createResampler, resample } from './resample.js';

const sine = (length: number, frequencyHz: number, rateHz: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => Math.sin((2 * Math.PI * frequencyHz * index) / rateHz));

/** The largest difference away from the ends, where the filter reaches past the recording. */
function largestDifference(a: Float32Array, b: Float32Array, margin = 200): number {
  let largest = 0;
  for (let index = margin; index < a.length - margin; index += 1) {
    largest = Math.max(largest, Math.abs((a[index] ?? 0) - (b[index] ?? 0)));
  }
  return largest;
}

const ratesHz = [8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000];

describe('createResampler', () => {
  it.each(ratesHz)('keeps a sine of 1 kHz at %d Hz to 0.1 %% of its amplitude, and in its place', (rateHz) => {
    const output = resample(sine(rateHz, 1_000, rateHz), rateHz, 16_000);
    expect(largestDifference(output, sine(16_000, 1_000, 16_000))).toBeLessThan(1e-3);
  });

  it.each(ratesHz)('keeps a sine at 0.9 of the lower Nyquist frequency, from %d Hz, to 0.1 %%', (rateHz) => {
    const frequencyHz = 0.9 * Math.min(rateHz / 2, 8_000);
    const output = resample(sine(rateHz, frequencyHz, rateHz), rateHz, 16_000);
    expect(largestDifference(output, sine(16_000, frequencyHz, 16_000))).toBeLessThan(1e-3);
  });

  it.each([8_050, 8_200, 9_000, 10_000, 15_000, 20_000])(
    'lets less than 0.001 (-60 dB) of a sine of %d Hz through from 48 kHz',
    (hz) => {
      const output = resample(sine(48_000, hz, 48_000), 48_000, 16_000);
      expect(largestDifference(output, new Float32Array(output.length))).toBeLessThan(1e-3);
    },
  );

  it('makes no image of 3 kHz at 5 kHz (-60 dB) from 8 kHz', () => {
    const output = resample(sine(8_000, 3_000, 8_000), 8_000, 16_000);
    const image = sine(16_000, 5_000, 16_000);
    const cosine = Float32Array.from(image, (_, index) => Math.cos((2 * Math.PI * 5_000 * index) / 16_000));
    const correlation = (wave: Float32Array): number =>
      output.reduce((sum, sample, index) => sum + sample * (wave[index] ?? 0), 0) / 8_000;
    expect(Math.hypot(correlation(image), correlation(cosine))).toBeLessThan(1e-3);
  });

  it('delays nothing: a click at 0.4 s stays the largest sample, at 0.4 s', () => {
    for (const rateHz of ratesHz) {
      const click = new Float32Array(rateHz);
      click[0.4 * rateHz] = 1;
      const output = resample(click, rateHz, 16_000);
      expect(output.indexOf(Math.max(...output))).toBe(6_400);
    }
  });

  it('keeps a constant of 1 at 1, to 1e-6', () => {
    const output = resample(new Float32Array(4_410).fill(1), 44_100, 16_000);
    expect(largestDifference(output, new Float32Array(output.length).fill(1))).toBeLessThan(1e-6);
  });

  it('gives round(n * ratio) samples for n = 0 to 500', () => {
    const to16kHz = createResampler(44_100, 16_000);
    for (let n = 0; n <= 500; n += 1) expect(to16kHz(new Float32Array(n)).length).toBe(Math.round((n * 160) / 441));
  });

  it('copies at equal rates', () => {
    const samples = Float32Array.of(0.1, 0.2);
    const output = resample(samples, 16_000, 16_000);
    expect(output).toEqual(samples);
    expect(output).not.toBe(samples);
  });

  it.each([0, -1, 999, 8_000.5, Number.NaN])('refuses a rate of %d Hz', (rateHz) => {
    expect(() => createResampler(rateHz, 16_000)).toThrow('fromHz as a whole number of Hz from 1000 to 384000');
  });
});

describe('canResample', () => {
  it('takes every rate from 1,000 to 48,000 Hz, and higher ones in a simple ratio', () => {
    for (let rateHz = 1_000; rateHz <= 48_000; rateHz += 1) expect(canResample(rateHz, 16_000)).toBe(true);
    for (const rateHz of [88_200, 95_904, 96_000, 176_400, 192_000, 384_000])
      expect(canResample(rateHz, 16_000)).toBe(true);
  });

  it.each([999, 384_001, 16_000.5, Number.NaN])('refuses %d Hz: no rate of a recording', (rateHz) => {
    expect(canResample(rateHz, 16_000)).toBe(false);
  });

  it('refuses 191,999 Hz, whose filter would take 150 MB, as createResampler does', () => {
    expect(canResample(191_999, 16_000)).toBe(false);
    expect(() => createResampler(191_999, 16_000)).toThrow(/simple ratio.*received 191999 to 16000, 191999 to 16000/);
  });
});
