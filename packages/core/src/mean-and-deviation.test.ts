import { describe, expect, it } from 'vitest';
import { meanAndDeviation } from './mean-and-deviation.js';

describe('meanAndDeviation', () => {
  it('of 2, 4, 4, 4, 5, 5, 7 and 9 is 5 and the root of 32/7', () => {
    expect(meanAndDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: Math.sqrt(32 / 7), count: 8 });
  });

  it('keeps a spread of 1e-6 around 1e6', () => {
    const { deviation } = meanAndDeviation([1e6 - 1e-6, 1e6, 1e6 + 1e-6]);
    expect(Math.abs((deviation ?? 0) / 1e-6 - 1)).toBeLessThan(1e-3);
  });

  it('knows no deviation of one value', () => {
    expect(meanAndDeviation([0.646])).toEqual({ mean: 0.646, deviation: undefined, count: 1 });
  });

  it('refuses no value, and NaN', () => {
    expect(() => meanAndDeviation([])).toThrow(/at least one value/);
    expect(() => meanAndDeviation([1, Number.NaN])).toThrow(/all finite/);
  });
});
