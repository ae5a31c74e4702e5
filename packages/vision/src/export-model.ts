/**
 * A trained vision model as ONNX files that take any number of patches or images.
 */
import { exportOnnx } from '@cpc/compile';
import { constantTensors, type HostArray, type Tree } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { channelCount, frameBefore } from './data/augmentation.js';
import { latentSize } from './encoder/architecture.js';
import { imagePixels, patchCount, patchOrigin } from './geometry.js';
import { contextualise, encodePatches } from './model.js';
import type { VisionSettings } from './presets.js';

export interface VisionModelParts {
  readonly settings: VisionSettings;
  /** As a loaded run has them; predictors are not exported. */
  readonly parameters: Tree<HostArray>;
}

/** `patches [batch, P, P, C] -> latents [batch, D]`: values from -1 to 1, as training has them. */
export function exportPatchEncoder(parts: VisionModelParts): Uint8Array {
  const { settings } = parts;
  const { patchPixels } = settings;
  return exportOnnx(
    ({ patches }) => ({
      latents: encodePatches(settings, constantTensors(parts.parameters, 'encoder/'), patches as tf.Tensor4D),
    }),
    { patches: { shape: ['batch', patchPixels, patchPixels, channelCount(settings)], dtype: 'float32' } },
    {
      name: 'cpc-vision-patch-encoder',
      axes: { batch: { example: 2 } },
      metadata: { ...metadata(settings), input: patchRules },
    },
  );
}

/** `latents [batch, G, G, D] -> contexts [batch, G, G, H]`: image, column, row. */
export function exportContext(parts: VisionModelParts): Uint8Array {
  const { settings } = parts;
  const { gridSize } = settings;
  const size = latentSize(settings);
  return exportOnnx(
    ({ latents }) => {
      const columns = tf.reshape(latents as tf.Tensor4D, [-1, gridSize, size]) as tf.Tensor3D;
      const contexts = contextualise(settings, constantTensors(parts.parameters, 'context/'), columns);
      return { contexts: tf.reshape(contexts, [-1, gridSize, gridSize, settings.contextUnits]) };
    },
    { latents: { shape: ['batch', gridSize, gridSize, size], dtype: 'float32' } },
    {
      name: 'cpc-vision-context',
      axes: { batch: { example: 2 } },
      metadata: { ...metadata(settings), input: 'latents by image, column and row of the grid' },
    },
  );
}

/** `images [batch, I, I, C] -> vectors [batch, D]`: values from 0 to 255; the mean of the latents of all patches. */
export function exportImageEncoder(parts: VisionModelParts): Uint8Array {
  const { settings } = parts;
  const side = imagePixels(settings);
  return exportOnnx(
    ({ images }) => {
      const patches = patchesOf(images as tf.Tensor4D, settings); // [batch G², P, P, C]
      const latents = encodePatches(settings, constantTensors(parts.parameters, 'encoder/'), patches); // [batch G², D]
      const grids = tf.reshape(latents, [-1, patchCount(settings), latentSize(settings)]);
      return { vectors: tf.mean(grids, 1) };
    },
    { images: { shape: ['batch', side, side, channelCount(settings)], dtype: 'float32' } },
    {
      name: 'cpc-vision-image-encoder',
      axes: { batch: { example: 2 } },
      metadata: { ...metadata(settings), input: imageRules(settings) },
    },
  );
}

/** Traced: what `middlePatches` does on the host. */
function patchesOf(images: tf.Tensor4D, settings: VisionSettings): tf.Tensor4D {
  const { patchPixels } = settings;
  const channels = channelCount(settings);
  const pixels = tf.sub(tf.div(images, 127.5), 1);
  const all = Array.from({ length: patchCount(settings) }, (_, place) => {
    const { top, left } = patchOrigin(settings, place);
    return tf.slice(pixels, [0, top, left, 0], [-1, patchPixels, patchPixels, channels]);
  });
  const patches = tf.reshape(tf.stack(all, 1), [-1, patchPixels, patchPixels, channels]); // [batch G², P, P, C]
  return tf.mul(patches, keptPart(settings));
}

/** `[P, P, 1]`: 1 in the middle, 0 around it. */
function keptPart(settings: VisionSettings): tf.Tensor3D {
  const { patchPixels, subcropPixels } = settings;
  const before = frameBefore(settings);
  const isKept = (at: number) => at >= before && at < before + subcropPixels;
  const values = Float32Array.from({ length: patchPixels ** 2 }, (_, place) =>
    isKept(Math.floor(place / patchPixels)) && isKept(place % patchPixels) ? 1 : 0,
  );
  return tf.tensor3d(values, [patchPixels, patchPixels, 1]);
}

const patchRules =
  'Values 0 to 255 divided by 127.5, less 1; the frame around the middle of subcropPixels x subcropPixels is 0.';

function imageRules({ resizePixels, colour }: VisionSettings): string {
  const channels = colour === 'grey' ? 'grey: 0.299 red + 0.587 green + 0.114 blue' : 'red, green, blue';
  return `Pictures filled into ${resizePixels} x ${resizePixels} pixels, then the middle of them; values 0 to 255, ${channels}.`;
}

function metadata(settings: VisionSettings): Record<string, string> {
  return { settings: JSON.stringify(settings) };
}
