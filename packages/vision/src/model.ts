/**
 * The vision model: a residual network over patches, and a context over the rows of their grid.
 *
 * Letters used for shapes here:
 *   B  images    G  patches of the grid's side    N  patches, B G²    P  side of a patch    C  channels of a picture
 *   D  size of z    H  size of c
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.2.
 */
import type { HostArray, Random, TensorTree, Tree } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { initialiseMaskedConvolutions, maskedConvolutions } from './context/masked-convolutions.js';
import { initialiseRowGru, rowGru } from './context/row-gru.js';
import { type EncoderSettings, latentSize } from './encoder/architecture.js';
import { initialiseResnet, resnet } from './encoder/resnet.js';
import type { VisionSettings } from './presets.js';

/** The settings that decide which parameters there are. */
export type VisionModel = EncoderSettings & Pick<VisionSettings, 'context' | 'contextUnits' | 'contextBlocks'>;

/** Encoder and context; the predictors are core's. */
export function initialiseVisionModel(settings: VisionModel, random: Random): Tree<HostArray> {
  const shape = { inputs: latentSize(settings), units: settings.contextUnits, blocks: settings.contextBlocks };
  const contextRandom = random.fold('context');
  return {
    encoder: initialiseResnet(settings, random.fold('encoder')),
    context:
      settings.context === 'row-gru'
        ? initialiseRowGru(shape, contextRandom)
        : initialiseMaskedConvolutions(shape, contextRandom),
  };
}

/**
 * g_enc: each patch by itself.
 *
 * @param patches - `[N, P, P, C]` float32, from -1 to 1.
 * @returns `[N, D]`; the caller owns it.
 */
export function encodePatches(settings: EncoderSettings, parameters: TensorTree, patches: tf.Tensor4D): tf.Tensor2D {
  return resnet(settings, parameters, 'encoder', patches);
}

/**
 * g_ar: the grids of images to contexts. Row r of a context has seen rows up to r, columns beside its own among them.
 *
 * @param latents - `[B G, G, D]`: the columns of an image stand together, each from its top to its bottom.
 * @returns `[B G, G, H]`; the caller owns it.
 */
export function contextualise(
  settings: Pick<VisionModel, 'context' | 'contextUnits' | 'contextBlocks'>,
  parameters: TensorTree,
  latents: tf.Tensor3D,
): tf.Tensor3D {
  return tf.tidy(() => {
    const [, grid, size] = latents.shape;
    const { contextUnits: units, contextBlocks: blocks } = settings;
    const grids = tf.reshape(latents, [-1, grid, grid, size]) as tf.Tensor4D; // [B, G, G, D]
    const contexts =
      settings.context === 'row-gru'
        ? rowGru(parameters, 'context', grids, units)
        : maskedConvolutions(parameters, 'context', grids, { units, blocks });
    return tf.reshape(contexts, [-1, grid, units]);
  });
}
