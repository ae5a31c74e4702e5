import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { deltas, sideBySide } from './deltas.js';

describe('deltas', () => {
  it('is the slope of a line, 3 per frame, but for the 2 frames at either end', () => {
    const line = Float64Array.from({ length: 9 }, (_, frame) => 3 * frame - 7);
    expect([...deltas(line, 1)].slice(2, -2)).toEqual([3, 3, 3, 3, 3]);
  });

  it('takes the first frame for all before it: (1 * 1 + 2 * 2) / 10 at the start of 0, 1, 2, …', () => {
    expect(deltas(Float64Array.of(0, 1, 2, 3, 4), 1)[0]).toBeCloseTo(0.5, 12);
    expect(deltas(Float64Array.of(0, 1, 2, 3, 4), 1)[1]).toBeCloseTo((1 * 2 + 2 * 3) / 10, 12);
  });

  it('agrees with a least-squares line through the 5 frames around, for 2 columns of noise', () => {
    const random = createRandom(1);
    const features = Float64Array.from({ length: 40 }, () => random.normal());
    const slopes = deltas(features, 2);
    for (let frame = 2; frame < 18; frame += 1) {
      for (const column of [0, 1]) {
        const around = [-2, -1, 0, 1, 2].map((step) => features[(frame + step) * 2 + column] ?? 0);
        const mean = around.reduce((sum, value) => sum + value, 0) / 5;
        const slope = around.reduce((sum, value, index) => sum + (index - 2) * (value - mean), 0) / 10;
        expect(slopes[frame * 2 + column]).toBeCloseTo(slope, 12);
      }
    }
  });

  it('is 0 for a single frame', () => {
    expect([...deltas(Float64Array.of(4, -5), 2)]).toEqual([0, 0]);
  });
});

describe('sideBySide', () => {
  it('puts 2 tables of 2 frames and 2 features into rows of 4', () => {
    expect([...sideBySide([Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8)], 2)]).toEqual([
      1, 2, 5, 6, 3, 4, 7, 8,
    ]);
  });
});
