/** How parameters start. All randomness comes from the given stream. */

import type { Random } from '@cpc/base';
import { type HostArray, sizeOf } from '../parameter-tree.js';

/** Normal with mean 0 and the given standard deviation. */
export function normalArray(shape: readonly number[], standardDeviation: number, random: Random): HostArray {
  const data = Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * standardDeviation);
  return { shape, data };
}

/** Variance 2 / fanIn, for layers followed by ReLU (He et al., 2015, arXiv:1502.01852, equation 10). */
export function heNormal(shape: readonly number[], fanIn: number, random: Random): HostArray {
  return normalArray(shape, Math.sqrt(2 / fanIn), random);
}

/** Variance 1 / fanIn, for layers whose output is not rectified (LeCun et al., 1998). */
export function lecunNormal(shape: readonly number[], fanIn: number, random: Random): HostArray {
  return normalArray(shape, Math.sqrt(1 / fanIn), random);
}

export function zerosArray(shape: readonly number[]): HostArray {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}
