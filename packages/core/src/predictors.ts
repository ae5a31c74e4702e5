/**
 * Log-bilinear predictors: one matrix W_k for every step k that is predicted.
 *
 * Letters used for shapes here:
 *   N  anchors    H  context size    D  latent size
 *
 * Source: arXiv:1807.03748, equation 3: f_k(x, c) = exp(z' W_k c). The score is a dot product, a sum over features:
 * a mean would divide it by D, which is a temperature nobody asked for.
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { lecunNormal } from './layers/initialisers.js';
import type { HostArray } from './parameter-tree.js';

/** `W_k` `[H, D]` (the transpose of the paper's, which multiplies from the left) by name `step1`, `step2`, … */
export type PredictorParameters<Leaf> = { readonly [step: string]: Leaf };

export interface PredictorShape {
  /** k: how far ahead each predicted step lies. */
  readonly offsets: readonly number[];
  /** H. */
  readonly contextSize: number;
  /** D. */
  readonly latentSize: number;
  /**
   * Factor on LeCun's deviation sqrt(1 / H), >= 0; default 1. At 0 every candidate scores the same and the loss starts at ln M
   * exactly; below 1 it starts near there, and is not first spent on unlearning what random matrices claim. The paper says
   * nothing of it.
   */
  readonly scale?: number;
}

/**
 * One matrix per offset, each from a stream of its own.
 *
 * @throws {CpcArgumentError} if the scale is below 0 or not finite.
 */
export function initialisePredictors(
  { offsets, contextSize, latentSize, scale = 1 }: PredictorShape,
  random: Random,
): PredictorParameters<HostArray> {
  requireScale(scale);
  const matrix = (offset: number): HostArray => {
    const { shape, data } = lecunNormal([contextSize, latentSize], contextSize, random.fold('predictor', offset));
    return { shape, data: data.map((weight) => weight * scale) };
  };
  return Object.fromEntries(offsets.map((offset) => [stepName(offset), matrix(offset)]));
}

/**
 * What the contexts expect `offset` positions ahead: c W_k.
 *
 * @param contexts - `[N, H]`.
 * @returns `[N, D]`; the caller owns it. Its dot product with a latent is the log of f_k.
 */
export function predict(
  parameters: PredictorParameters<tf.Tensor>,
  contexts: tf.Tensor2D,
  offset: number,
): tf.Tensor2D {
  const weights = parameters[stepName(offset)];
  if (weights === undefined) throw new Error(`predict: no predictor for offset ${offset}`);
  return tf.matMul<tf.Tensor2D>(contexts, weights);
}

function stepName(offset: number): string {
  return `step${offset}`;
}

function requireScale(scale: number): void {
  if (Number.isFinite(scale) && scale >= 0) return;
  throw new CpcArgumentError({
    where: 'initialisePredictors',
    argument: 'scale',
    expected: 'a scale of at least 0',
    received: scale,
  });
}
