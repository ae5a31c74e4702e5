import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { createPowerSpectrum } from './power-spectrum.js';

function powerOf(samples: Float64Array): Float64Array {
  const power = new Float64Array(samples.length / 2 + 1);
  createPowerSpectrum(samples.length)(samples, power);
  return power;
}

/** |X_k|^2 by the definition. */
function naivePower(samples: Float64Array): number[] {
  return Array.from({ length: samples.length / 2 + 1 }, (_, bin) => {
    let real = 0;
    let imaginary = 0;
    for (const [index, sample] of samples.entries()) {
      real += sample * Math.cos((2 * Math.PI * bin * index) / samples.length);
      imaginary -= sample * Math.sin((2 * Math.PI * bin * index) / samples.length);
    }
    return real ** 2 + imaginary ** 2;
  });
}

describe('createPowerSpectrum', () => {
  it('gives an impulse the power 1 in all 257 bins, and a constant 512^2 in bin 0 alone', () => {
    const impulse = new Float64Array(512);
    impulse[3] = 1;
    for (const power of powerOf(impulse)) expect(power).toBeCloseTo(1, 12);
    const [first, ...others] = powerOf(new Float64Array(512).fill(1));
    expect(first).toBeCloseTo(512 ** 2, 6);
    expect(Math.max(...others)).toBeLessThan(1e-18);
  });

  it('puts a cosine of 5 periods in bin 5 alone, with power (64 / 2)^2', () => {
    const power = powerOf(Float64Array.from({ length: 64 }, (_, n) => Math.cos((2 * Math.PI * 5 * n) / 64)));
    expect(power[5]).toBeCloseTo(32 ** 2, 9);
    expect(power.reduce((sum, value) => sum + value, 0)).toBeCloseTo(32 ** 2, 9);
  });

  it.each([4, 8, 16, 64, 512, 1024])(
    'agrees with the plain sum for %i random samples, to 1e-10 of the power',
    (size) => {
      const random = createRandom(size);
      const samples = Float64Array.from({ length: size }, () => random.normal());
      const fast = powerOf(samples);
      const naive = naivePower(samples);
      expect(fast).toHaveLength(size / 2 + 1);
      for (const [bin, power] of naive.entries())
        expect(Math.abs((fast[bin] ?? 0) - power)).toBeLessThan(1e-10 * size ** 2);
    },
  );

  it('gives the same spectrum the second time, and leaves the samples as they are', () => {
    const spectrum = createPowerSpectrum(16);
    const samples = Float64Array.from({ length: 16 }, (_, n) => n ** 2);
    const [first, second] = [new Float64Array(9), new Float64Array(9)];
    spectrum(samples, first);
    spectrum(samples, second);
    expect(second).toEqual(first);
    expect(samples[15]).toBe(225);
  });

  it.each([0, 2, 12, 400, 2 ** 21, Number.NaN])('refuses a size of %d', (size) => {
    expect(() => createPowerSpectrum(size)).toThrow(/power of 2 from 4/);
  });
});
