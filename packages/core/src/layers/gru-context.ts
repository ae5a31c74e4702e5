/** g_ar as a GRU over latents, for sequences that are read in one direction: sound and text. */
import type * as tf from '@tensorflow/tfjs';
import type { TensorTree } from '../training/domain.js';
import { gru } from './gru.js';
import { layerAt } from './layer-at.js';

/**
 * g_ar: latents to contexts; context t has seen latents up to t.
 *
 * @param parameters - the GRU's stand at `context/gru`.
 * @param latents - `[B, T, D]`.
 * @param initial - `[B, H]`, the state before the first latent; zeros if left out.
 * @returns `[B, T, H]`; the caller owns it.
 */
export function contextualiseByGru(parameters: TensorTree, latents: tf.Tensor3D, initial?: tf.Tensor2D): tf.Tensor3D {
  const layer = layerAt(parameters, 'context/gru', ['kernel', 'recurrentKernel', 'bias', 'recurrentBias']);
  return gru(layer, latents, initial);
}
