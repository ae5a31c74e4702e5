import { describe, expect, it } from 'vitest';
import { spreadOf } from './statistics.js';

describe('spreadOf', () => {
  it('gives 2, 3.75, 5.5, 7.25 and 9 for the values 2, 3, 4, 5, 6, 7, 8, 9 in any order', () => {
    expect(spreadOf([9, 2, 8, 3, 7, 4, 6, 5])).toEqual({
      minimum: 2,
      lowerQuartile: 3.75,
      median: 5.5,
      upperQuartile: 7.25,
      maximum: 9,
    });
  });

  it('gives quartiles 12 and 38 around the median 20 of five values, none interpolated', () => {
    const { lowerQuartile, median, upperQuartile } = spreadOf([20, 38, 5, 12, 100]);
    expect([lowerQuartile, median, upperQuartile]).toEqual([12, 20, 38]);
  });

  it('sorts by size, not by digits: the median of 9, 10 and 100 is 10', () => {
    expect(spreadOf([100, 9, 10]).median).toBe(10);
  });

  it('gives all five points as the one value there is', () => {
    expect(Object.values(spreadOf([7]))).toEqual([7, 7, 7, 7, 7]);
  });

  it.each([[[]], [[1, Number.NaN]]])('refuses %j', (values) => {
    expect(() => spreadOf(values)).toThrow(/at least one value, all finite/);
  });
});
