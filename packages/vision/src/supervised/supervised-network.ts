/**
 * The probe's rival that sees all labels: the encoder of `model.ts` and a linear layer on the mean of an image's latents, trained
 * together by the labels.
 *
 * Letters used for shapes here:
 *   B  images    G  patches of the grid's side    N  patches, B G²    P  side of a patch    D  size of z    K  classes
 */
import {
  type BatchTensors,
  createRandom,
  dense,
  type HostArray,
  labelledCrossEntropy,
  layerAt,
  lecunNormal,
  type TensorTree,
  type Tree,
  untrainedModel,
  zerosArray,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { latentSize } from '../encoder/architecture.js';
import { patchCount } from '../geometry.js';
import { encodePatches, initialiseVisionModel } from '../model.js';
import type { VisionSettings } from '../presets.js';

/** Where the linear layer's parameters lie. */
export const linearLayer = 'classes';

/** The encoder to the last bit that of a run with this seed before its first update; the linear layer is LeCun's. */
export function initialiseSupervised(
  settings: VisionSettings,
  { classes, seed }: { readonly classes: number; readonly seed: number },
): Tree<HostArray> {
  const size = latentSize(settings);
  const { encoder = {} } = untrainedModel({ initialise: (random) => initialiseVisionModel(settings, random) }, seed);
  const kernel = lecunNormal([size, classes], size, createRandom(seed).fold('supervised', linearLayer));
  return { encoder, [linearLayer]: { kernel, bias: zerosArray([classes]) } };
}

/**
 * Mean cross-entropy of the images, in nats.
 *
 * @param batch - `patches` `[N, P, P, C]`, `labels` `[B]`.
 * @returns `[]`; the caller owns it.
 */
export function supervisedLoss(
  settings: VisionSettings,
  parameters: TensorTree,
  { patches, labels }: BatchTensors,
): tf.Scalar {
  return tf.tidy(() => {
    const latents = encodePatches(settings, parameters, patches as tf.Tensor4D); // [N, D]
    const grids = tf.reshape(latents, [-1, patchCount(settings), latentSize(settings)]); // [B, G², D]
    const scores = dense(layerAt(parameters, linearLayer, ['kernel', 'bias']), tf.mean(grids, 1)); // [B, K]
    return labelledCrossEntropy(scores, labels as tf.Tensor); // []
  });
}
