/**
 * Windows heard faster or slower, as from a tape: tempo and pitch change together, so that one voice becomes several.
 *
 * Source: Ko, Peddinti, Povey & Khudanpur, *Audio augmentation for speech recognition*, Interspeech 2015.
 */
import { CpcArgumentError, type Random } from '@cpc/core';
import { createResampler, type Resampler } from './resample.js';

/** Speeds lie on this grid: ratios of small numbers need short filters. */
const speedsPerUnit = 40; // 1.0, 1.025, 1.05 …

/** Nominal; only the ratio of rates counts. */
const nominalRateHz = 16_000;

export interface SpeedPerturbation {
  /** Samples that a window of `windowSamples` is made from at the highest speed. */
  readonly sourceSamples: (windowSamples: number) => number;
  /**
   * A window at a speed drawn from `random`.
   *
   * @param source - `sourceSamples(windowSamples)` samples; not changed.
   * @returns `[windowSamples]`, a new array, from the source's first sample on.
   */
  readonly perturb: (source: Float32Array, windowSamples: number, random: Random) => Float32Array;
}

/**
 * Draws speeds from 1 - amount to 1 + amount, each multiple of 1/40 in between equally likely.
 *
 * @param amount - from 0 (nothing changes, nothing is drawn) to 0.5.
 * @throws {CpcArgumentError} if the amount is out of range.
 *
 * @example
 * const speeds = createSpeedPerturbation(0.1); // 0.9, 0.925 … 1.1
 * const window = speeds.perturb(samples, 20_480, random);
 */
export function createSpeedPerturbation(amount: number): SpeedPerturbation {
  if (!(amount >= 0 && amount <= 0.5)) {
    const expected = 'an amount from 0 to 0.5';
    throw new CpcArgumentError({ where: 'createSpeedPerturbation', argument: 'amount', expected, received: amount });
  }
  const reach = Math.floor(amount * speedsPerUnit + 1e-9); // grid steps to either side of 1
  const resamplers = new Map<number, Resampler>();
  const resamplerAt = (step: number): Resampler => {
    const rateHz = (nominalRateHz * (speedsPerUnit + step)) / speedsPerUnit; // whole: 16,000 / 40 = 400
    const found = resamplers.get(step) ?? createResampler(rateHz, nominalRateHz);
    resamplers.set(step, found);
    return found;
  };
  return {
    sourceSamples: (windowSamples) => Math.ceil((windowSamples * (speedsPerUnit + reach)) / speedsPerUnit),
    perturb: (source, windowSamples, random) => {
      const step = reach === 0 ? 0 : random.integer(2 * reach + 1) - reach;
      return resamplerAt(step).part(source, 0, 0, windowSamples);
    },
  };
}
