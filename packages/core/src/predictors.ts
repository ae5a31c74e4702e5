/**
 * Log-bilinear predictors: one matrix W_k for every step k that is predicted.
 *
 * Letters used for shapes here:
 *   N  anchors    H  context size    D  latent size
 *
 * Source: arXiv:1807.03748, equation 3: f_k(x, c) = exp(z' W_k c). The score is a dot product, a sum over features:
 * a mean would divide it by D, which is a temperature nobody asked for.
 */
import * as tf from '@tensorflow/tfjs';
import { lecunNormal } from './layers/initialisers.js';
import type { HostArray } from './parameter-tree.js';
import type { Random } from './random.js';

/** `W_k` `[H, D]` (the transpose of the paper's, which multiplies from the left) by name `step1`, `step2`, … */
export type PredictorParameters<Leaf> = { readonly [step: string]: Leaf };

/** One matrix per offset, each from a stream of its own. */
export function initialisePredictors(
  {
    offsets,
    contextSize,
    latentSize,
  }: { readonly offsets: readonly number[]; readonly contextSize: number; readonly latentSize: number },
  random: Random,
): PredictorParameters<HostArray> {
  return Object.fromEntries(
    offsets.map((offset) => [
      stepName(offset),
      lecunNormal([contextSize, latentSize], contextSize, random.fold('predictor', offset)),
    ]),
  );
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
