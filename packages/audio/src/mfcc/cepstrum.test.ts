import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { cepstra } from './cepstrum.js';
import { resolveMfccOptions } from './mfcc-options.js';

const settingsOf = (filterCount: number, coefficientCount: number, lifter = 0) =>
  resolveMfccOptions({ filterCount, coefficientCount, lifter });

describe('cepstra', () => {
  it('turns 16 equal energies of 3 into 3 sqrt 16 = 12 and 15 zeros', () => {
    const [first, ...others] = cepstra(new Float64Array(16).fill(3), settingsOf(16, 16));
    expect(first).toBeCloseTo(12, 12);
    for (const value of others) expect(value).toBeCloseTo(0, 12);
  });

  it('turns the cosine of row 5 over 26 filters into sqrt(26 / 2) at place 5 and zeros elsewhere', () => {
    const energies = Float64Array.from({ length: 26 }, (_, m) => Math.cos((Math.PI * 5 * (m + 0.5)) / 26));
    const values = cepstra(energies, settingsOf(26, 13));
    for (const [row, value] of values.entries()) expect(value).toBeCloseTo(row === 5 ? Math.sqrt(13) : 0, 12);
  });

  it('keeps the length of a vector where all 20 coefficients are kept, in each of 3 frames', () => {
    const random = createRandom(1);
    const energies = Float64Array.from({ length: 60 }, () => random.normal());
    const values = cepstra(energies, settingsOf(20, 20));
    const lengthOf = (vector: Float64Array, frame: number) =>
      Math.hypot(...vector.subarray(frame * 20, frame * 20 + 20));
    for (const frame of [0, 1, 2]) expect(lengthOf(values, frame)).toBeCloseTo(lengthOf(energies, frame), 12);
  });

  it('lifts coefficient 11 by 1 + 22 / 2 = 12, and 0 not at all', () => {
    const energies = Float64Array.from({ length: 26 }, (_, m) => m ** 2);
    const [plain, lifted] = [cepstra(energies, settingsOf(26, 13)), cepstra(energies, settingsOf(26, 13, 22))];
    expect((lifted[11] ?? 0) / (plain[11] ?? 0)).toBeCloseTo(12, 10);
    expect(lifted[0]).toBe(plain[0]);
  });
});
