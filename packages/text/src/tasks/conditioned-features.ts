/**
 * The same fits in fewer steps: vectors of sentences are means of what a ReLU left, so all of them point the same way, and those of length
 * 1 have small entries; both make L-BFGS slow, and a gradient that looks small before the fit is near its end.
 *
 * Letters used for shapes here:
 *   N  sentences    F  features of a sentence
 */
import type { HostArray } from '@cpc/core';

export interface ConditionedFeatures {
  /** `[N, F]`: each feature less its mean, all times one factor, so that the mean square of all entries is 1. New. */
  readonly features: HostArray;
  /** The C with which a fit to these is the one to the features as they were with this C. */
  readonly conditionedC: (c: number) => number;
}

/**
 * Subtracting a constant changes nothing but the bias, which has no penalty; weights for features times a are those without divided by
 * a, and their penalty is that of C / a^2.
 */
export function conditionedFeatures({ shape, data }: HostArray): ConditionedFeatures {
  const [rows = 0, width = 0] = shape;
  const means = new Float64Array(width);
  for (const [index, value] of data.entries()) means[index % width] = (means[index % width] ?? 0) + value / rows;
  const centred = data.map((value, index) => value - (means[index % width] ?? 0));
  const square = centred.reduce((sum, value) => sum + value * value, 0) / Math.max(1, centred.length);
  const factor = square === 0 ? 1 : 1 / Math.sqrt(square);
  return {
    features: { shape, data: centred.map((value) => value * factor) },
    conditionedC: (c) => c / factor ** 2,
  };
}
