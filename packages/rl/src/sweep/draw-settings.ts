/**
 * What the paper's random search draws: entropy cost, learning rate and RMSProp's epsilon.
 *
 * Source: section 3.4 of arXiv:1807.03748 names the three; the ranges are IMPALA's (arXiv:1802.01561, table D.1).
 */
import type { Random } from '@cpc/core';
import type { RlSettings } from '../presets.js';

export type DrawnSettings = Pick<RlSettings, 'entropyCost' | 'learningRate' | 'rmspropEpsilon'>;

export const searchRanges = {
  entropyCost: [5e-5, 1e-2], //              log-uniform
  learningRate: [5e-6, 5e-3], //             log-uniform
  rmspropEpsilon: [1e-1, 1e-3, 1e-5, 1e-7], // one of these
} as const;

/** @param random - the stream of one draw. */
export function drawSettings(random: Random): DrawnSettings {
  const { entropyCost, learningRate, rmspropEpsilon } = searchRanges;
  const epsilon = rmspropEpsilon[random.fold('epsilon').integer(rmspropEpsilon.length)] ?? rmspropEpsilon[0];
  return {
    entropyCost: logUniform(entropyCost, random.fold('entropy')),
    learningRate: logUniform(learningRate, random.fold('rate')),
    rmspropEpsilon: epsilon,
  };
}

/** Equally likely within every factor of ten; rounded to 3 digits, so that it can be typed again. */
function logUniform([least, most]: readonly [number, number], random: Random): number {
  const value = least * (most / least) ** random.uniform();
  return Number(value.toPrecision(3));
}
