import { describe, expect, it } from 'vitest';
import { speechOptimiser } from './speech-optimiser.js';

const rateAt = (learningRateDecaySteps: number, step: number) =>
  speechOptimiser({ learningRate: 1e-3, learningRateDecaySteps }).scalars(step).learningRate;

describe('speechOptimiser', () => {
  it('keeps a rate of 1e-3 at update 1 and 100,000 where nothing decays', () => {
    expect([rateAt(0, 1), rateAt(0, 100_000)]).toEqual([1e-3, 1e-3]);
  });

  it('gives 1e-3 first, half of it after 500 of 1,000 updates, 0 from update 1,001 on', () => {
    expect(rateAt(1000, 1)).toBe(1e-3);
    expect(rateAt(1000, 501)).toBeCloseTo(5e-4, 12);
    expect([rateAt(1000, 1001), rateAt(1000, 5000)]).toEqual([0, 0]);
  });

  it('refuses a decay over half an update', () => {
    expect(() => speechOptimiser({ learningRate: 1e-3, learningRateDecaySteps: 0.5 })).toThrow(/steps/);
  });
});
