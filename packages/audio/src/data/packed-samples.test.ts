import { describe, expect, it } from 'vitest';
import { packSamples, unpackSamples } from './packed-samples.js';

describe('packSamples', () => {
  it('keeps all 65,536 levels of 16 bit as int16, to the bit', () => {
    const samples = Float32Array.from({ length: 65_536 }, (_, level) => (level - 32_768) / 32_768);
    const packed = packSamples(samples);
    expect(packed).toBeInstanceOf(Int16Array);
    expect(unpackSamples(packed, 0, 65_536)).toEqual(samples);
  });

  it.each([0.1, 1, -1.5, 1 / 65_536])('keeps %d, which is no level of 16 bit, as float32', (sample) => {
    const packed = packSamples(Float32Array.of(0, sample));
    expect(packed).toBeInstanceOf(Float32Array);
    expect(unpackSamples(packed, 1, 2)).toEqual(Float32Array.of(sample));
  });

  it('unpacks samples 1 and 2 of 4 into an array of its own', () => {
    const samples = Float32Array.of(0, 0.25, 0.5, 0.1);
    const part = unpackSamples(packSamples(samples), 1, 3);
    part[0] = 9;
    expect([...part]).toEqual([9, 0.5]);
    expect(samples[1]).toBe(0.25);
  });
});
