import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { drawPairs, gaussianInformation, gaussiansOfInformation, logDensityRatios } from './correlated-gaussians.js';

describe('gaussianInformation', () => {
  it('is 0 without correlation and 0.1438 nats for one dimension of 0.5, -0.5 alike', () => {
    expect(gaussianInformation({ dimensions: 7, correlation: 0 })).toBeCloseTo(0, 12);
    expect(gaussianInformation({ dimensions: 1, correlation: 0.5 })).toBeCloseTo(-0.5 * Math.log(0.75), 12);
    expect(gaussianInformation({ dimensions: 1, correlation: -0.5 })).toBeCloseTo(-0.5 * Math.log(0.75), 12);
  });

  it('comes back from gaussiansOfInformation: 0, 0.1, 4 and 20 nats in 20 dimensions', () => {
    for (const informationNats of [0, 0.1, 4, 20]) {
      const gaussians = gaussiansOfInformation({ dimensions: 20, informationNats });
      expect(gaussianInformation(gaussians)).toBeCloseTo(informationNats, 9);
    }
  });

  it('refuses correlation 1, half a dimension, -1 nats, and more than any correlation has', () => {
    expect(() => gaussianInformation({ dimensions: 2, correlation: 1 })).toThrow(/above -1 and below 1, received 1/);
    expect(() => gaussianInformation({ dimensions: 0.5, correlation: 0 })).toThrow(/at least 1, received 0.5/);
    expect(() => gaussiansOfInformation({ dimensions: 2, informationNats: -1 })).toThrow(/at least 0, received -1/);
    expect(() => gaussiansOfInformation({ dimensions: 1, informationNats: 50 })).toThrow(/below 1, received 1/);
  });
});

describe('drawPairs', () => {
  it('gives variance 1 and correlation -0.8 over 40,000 values, to 0.02, and other dimensions none', () => {
    const { x, y } = drawPairs({ dimensions: 2, correlation: -0.8 }, 20_000, createRandom(3));
    const product = (left: Float32Array, right: Float32Array, shift: number) =>
      left.reduce((sum, value, index) => sum + value * (right[index ^ shift] ?? 0), 0) / left.length;
    expect(product(x.data, x.data, 0)).toBeCloseTo(1, 1);
    expect(product(y.data, y.data, 0)).toBeCloseTo(1, 1);
    expect(Math.abs(product(x.data, y.data, 0) + 0.8)).toBeLessThan(0.02);
    expect(Math.abs(product(x.data, y.data, 1))).toBeLessThan(0.02); // index ^ 1: the other dimension
  });

  it('draws the same pairs from the same seed', () => {
    const gaussians = { dimensions: 3, correlation: 0.3 };
    expect(drawPairs(gaussians, 5, createRandom(4))).toEqual(drawPairs(gaussians, 5, createRandom(4)));
  });
});

describe('logDensityRatios', () => {
  /** Density of a normal variable. */
  const normal = (value: number, mean: number, variance: number) =>
    Math.exp(-((value - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);

  it('equals ln p(y|x) / p(y) by densities, to 1e-5, for all 9 of 3 pairs in 2 dimensions', () => {
    const gaussians = { dimensions: 2, correlation: 0.7 };
    const pairs = drawPairs(gaussians, 3, createRandom(5));
    const ratios = logDensityRatios(gaussians, pairs);
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) {
        let expected = 0;
        for (const dimension of [0, 1]) {
          const [x = 0, y = 0] = [pairs.x.data[row * 2 + dimension], pairs.y.data[column * 2 + dimension]];
          expected += Math.log(normal(y, 0.7 * x, 1 - 0.49) / normal(y, 0, 1));
        }
        expect(ratios.data[row * 3 + column]).toBeCloseTo(expected, 5);
      }
    }
  });
});
