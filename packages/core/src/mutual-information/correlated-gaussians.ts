/**
 * Pairs of correlated Gaussians: the simplest variables whose mutual information is known exactly, to hold estimates against.
 *
 * Every dimension of x and y is standard normal; x_i and y_i are correlated by rho, all else is independent. Then
 * I(x; y) = -d/2 ln(1 - rho^2) nats.
 *
 * Letters used for shapes here:
 *   N  pairs    d  dimensions
 *
 * Source of the task: Belghazi et al., 2018, arXiv:1801.04062; Poole et al., 2019, arXiv:1905.06922, section 4.
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import type { HostArray } from '../parameter-tree.js';

export interface CorrelatedGaussians {
  /** d >= 1. */
  readonly dimensions: number;
  /** rho of every dimension, in (-1, 1). */
  readonly correlation: number;
}

export interface Pairs {
  /** `[N, d]`. */
  readonly x: HostArray;
  /** `[N, d]`; row i belongs to row i of x. */
  readonly y: HostArray;
}

/**
 * I(x; y) in nats: 0 without correlation, without limit towards correlation 1.
 *
 * @throws {CpcArgumentError} if the dimensions are not a whole number of at least 1, or the correlation not in (-1, 1).
 *
 * @example
 * gaussianInformation({ dimensions: 20, correlation: 0.5 }); // 2.877 nats
 */
export function gaussianInformation(gaussians: CorrelatedGaussians): number {
  requireGaussians('gaussianInformation', gaussians);
  return -0.5 * gaussians.dimensions * Math.log1p(-(gaussians.correlation ** 2));
}

/**
 * Gaussians of a given information, correlated positively.
 *
 * @param informationNats - at least 0 and finite.
 * @throws {CpcArgumentError} if it is not, or so large that no correlation below 1 has it.
 *
 * @example
 * const pairs = drawPairs(gaussiansOfInformation({ dimensions: 20, informationNats: 4 }), 128, createRandom(1));
 */
export function gaussiansOfInformation({
  dimensions,
  informationNats,
}: {
  readonly dimensions: number;
  readonly informationNats: number;
}): CorrelatedGaussians {
  requireNumber(
    'gaussiansOfInformation',
    'informationNats',
    'a finite number of at least 0',
    informationNats,
    informationNats >= 0,
  );
  const gaussians = { dimensions, correlation: Math.sqrt(-Math.expm1((-2 * informationNats) / dimensions)) };
  requireGaussians('gaussiansOfInformation', gaussians);
  return gaussians;
}

/**
 * Draws N pairs; the caller owns them.
 *
 * @param count - N >= 1.
 * @throws {CpcArgumentError} if the dimensions, the correlation or the count are out of range.
 */
export function drawPairs(gaussians: CorrelatedGaussians, count: number, random: Random): Pairs {
  requireGaussians('drawPairs', gaussians);
  requireNumber('drawPairs', 'count', 'a whole number of at least 1', count, Number.isInteger(count) && count >= 1);
  const { dimensions, correlation } = gaussians;
  const shape = [count, dimensions];
  const x = Float32Array.from({ length: count * dimensions }, () => random.normal());
  const own = Math.sqrt(1 - correlation ** 2);
  const y = x.map((value) => correlation * value + own * random.normal());
  return { x: { shape, data: x }, y: { shape, data: y } };
}

/**
 * ln p(y_j | x_i) / p(y_j) for all i and j: the score that no critic can beat (equation 5 of CPC's paper, up to a function of x).
 *
 * Per dimension -1/2 ln(1 - rho^2) - (rho^2 (x^2 + y^2) - 2 rho x y) / (2 (1 - rho^2)).
 *
 * @returns `[N, N]`, row i for x_i; the caller owns it.
 */
export function logDensityRatios(gaussians: CorrelatedGaussians, { x, y }: Pairs): HostArray {
  const { dimensions, correlation } = gaussians;
  const count = x.shape[0] ?? 0;
  const scale = 1 / (2 * (1 - correlation ** 2));
  const constant = gaussianInformation(gaussians);
  const data = new Float32Array(count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      let sum = constant;
      for (let dimension = 0; dimension < dimensions; dimension++) {
        const left = x.data[row * dimensions + dimension] ?? 0;
        const right = y.data[column * dimensions + dimension] ?? 0;
        sum -= scale * (correlation ** 2 * (left ** 2 + right ** 2) - 2 * correlation * left * right);
      }
      data[row * count + column] = sum;
    }
  }
  return { shape: [count, count], data };
}

function requireGaussians(where: string, { dimensions, correlation }: CorrelatedGaussians): void {
  const isCount = Number.isInteger(dimensions) && dimensions >= 1;
  requireNumber(where, 'dimensions', 'a whole number of at least 1', dimensions, isCount);
  requireNumber(where, 'correlation', 'a number above -1 and below 1', correlation, Math.abs(correlation) < 1);
}

function requireNumber(where: string, argument: string, expected: string, received: number, holds: boolean): void {
  if (holds && Number.isFinite(received)) return;
  throw new CpcArgumentError({ where, argument, expected, received });
}
