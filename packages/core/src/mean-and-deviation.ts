/** A figure over several seeds: mean and standard deviation. */
import { CpcArgumentError } from '@cpc/base';

export interface MeanAndDeviation {
  readonly mean: number;
  /** Of the sample, with n - 1 below the line; undefined for a single value, which says nothing of the spread. */
  readonly deviation: number | undefined;
  /** How many values. */
  readonly count: number;
}

/**
 * @param values - one per seed, all finite.
 * @throws {CpcArgumentError} if there is no value, or one is not finite.
 *
 * @example
 * const { mean, deviation } = meanAndDeviation([0.641, 0.648, 0.645]); // 0.6447 and 0.0035
 */
export function meanAndDeviation(values: readonly number[]): MeanAndDeviation {
  const count = values.length;
  if (count === 0 || !values.every(Number.isFinite)) {
    throw new CpcArgumentError({
      where: 'meanAndDeviation',
      argument: 'values',
      expected: 'at least one value, all finite',
      received: values,
    });
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count === 1 ? undefined : Math.sqrt(squares / (count - 1)), count };
}
