/** Medians and quartiles of timings. */
import { CpcArgumentError } from '@cpc/core';

export interface Spread {
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
}

/**
 * Five points of a sample; those that fall between two values are interpolated linearly (Hyndman & Fan's type 7, as in R
 * and NumPy).
 *
 * @throws {CpcArgumentError} if there is no value, or one is not finite.
 *
 * @example
 * spreadOf([4, 1, 3, 2]).median; // 2.5
 */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new CpcArgumentError({
      where: 'spreadOf',
      argument: 'values',
      expected: 'at least one value, all finite',
      received: values,
    });
  }
  const sorted = [...values].sort((left, right) => left - right);
  return {
    minimum: quantile(sorted, 0),
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    maximum: quantile(sorted, 1),
  };
}

function quantile(sorted: readonly number[], fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (position - Math.floor(position)) * (above - below);
}
