import { describe, expect, it } from 'vitest';
import { type MelFilter, melFilterbank, melScales } from './mel-filterbank.js';

const speech = { filterCount: 26, fftSize: 512, sampleRateHz: 16_000, lowestHz: 0, highestHz: 8_000 };

const centroidHz = ({ firstBin, weights }: MelFilter) =>
  weights.reduce((sum, weight, index) => sum + weight * (firstBin + index) * 31.25, 0) / sumOf(weights);
const sumOf = (weights: Float64Array) => weights.reduce((sum, weight) => sum + weight, 0);

describe('melScales', () => {
  it('has 1000 Hz at 1000 mel (to 0.02) in HTK’s, at 15 in Slaney’s', () => {
    expect(melScales.htk.toMel(1000)).toBeCloseTo(1000, 1);
    expect(melScales.slaney.toMel(1000)).toBeCloseTo(15, 12);
    expect(melScales.slaney.toMel(6400)).toBeCloseTo(15 + 27, 12); // a factor of 6.4 is 27 steps
    expect(melScales.slaney.toMel(200)).toBeCloseTo(3, 12);
  });

  it.each(['htk', 'slaney'] as const)('%s: turns 0, 55.5, 999.9, 1000 and 8000 Hz into mel and back', (scale) => {
    const { toMel, toHz } = melScales[scale];
    for (const hertz of [0, 55.5, 999.9, 1000, 8000]) expect(toHz(toMel(hertz))).toBeCloseTo(hertz, 9);
  });
});

describe('melFilterbank', () => {
  it('makes 26 triangles with centres that rise evenly in mel, none higher than 1 (htk)', () => {
    const filters = melFilterbank({ ...speech, scale: 'htk' });
    const step = melScales.htk.toMel(8000) / 27;
    for (const [index, filter] of filters.entries()) {
      const centre = melScales.htk.toHz((index + 1) * step);
      if (index > 8) expect(Math.abs(centroidHz(filter) / centre - 1)).toBeLessThan(0.06); // narrow ones hold 3 bins
      expect(Math.max(...filter.weights)).toBeLessThanOrEqual(1);
    }
    expect(filters).toHaveLength(26);
  });

  it('gives triangles of area 1 (slaney): their weights times the 31.25 Hz of a bin sum to 1, to 10 %', () => {
    for (const { weights } of melFilterbank({ ...speech, scale: 'slaney' }))
      expect(Math.abs(sumOf(weights) * 31.25 - 1)).toBeLessThan(0.1);
  });

  it('shares every bin between its two triangles: heights of 1 - a and a (htk), from the first centre to the last', () => {
    const filters = melFilterbank({ ...speech, scale: 'htk' });
    const totals = new Float64Array(257);
    for (const { firstBin, weights } of filters)
      for (const [index, weight] of weights.entries())
        totals[firstBin + index] = (totals[firstBin + index] ?? 0) + weight;
    const step = melScales.htk.toMel(8000) / 27;
    const [first, last] = [melScales.htk.toHz(step), melScales.htk.toHz(26 * step)];
    for (const [bin, total] of totals.entries())
      if (bin * 31.25 >= first && bin * 31.25 <= last) expect(total).toBeCloseTo(1, 12);
  });

  it('leaves bins below 300 Hz and above 3400 Hz alone where told so', () => {
    const filters = melFilterbank({ ...speech, scale: 'htk', lowestHz: 300, highestHz: 3400 });
    expect(Math.min(...filters.map(({ firstBin }) => firstBin))).toBe(10); // 312.5 Hz
    expect(Math.max(...filters.map(({ firstBin, weights }) => firstBin + weights.length))).toBe(109); // to 3375 Hz
  });

  it('refuses 128 filters over 257 bins, naming the first empty one', () => {
    expect(() => melFilterbank({ ...speech, filterCount: 128, scale: 'htk' })).toThrow(
      /31\.25 Hz apart, received 128 filters, of which filter \d+ .* holds none.*fewer filters/,
    );
  });
});
