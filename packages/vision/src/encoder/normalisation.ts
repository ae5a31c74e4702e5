/**
 * Normalisation of a patch's features by themselves: over all positions and channels (`layer`), or over all positions and groups
 * of 16 channels (`group`; Wu & He, 2018, arXiv:1803.08494). Nothing is shared between patches: statistics over a batch, as batch
 * normalisation has them, would tell which patches belong together.
 *
 * Letters used for shapes here:
 *   N  patches    H, W  height and width    C  channels    g  groups
 */
import { type HostArray, layerAt, type TensorTree, type Tree, zerosArray } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import type { Normalisation } from '../presets.js';

const channelsPerGroup = 16;
const epsilon = 1e-5;

/** Gain 1 and bias 0, `[C]` each; nothing where there is no normalisation. */
export function initialiseNormalisation(kind: Normalisation, channels: number): Tree<HostArray> {
  if (kind === 'none') return {};
  return { gain: { shape: [channels], data: new Float32Array(channels).fill(1) }, bias: zerosArray([channels]) };
}

/**
 * @param path - of the parameters, such as `encoder/stack1/block1/norm1`.
 * @param input - `[N, H, W, C]`.
 * @returns the same shape.
 */
export function normalise(kind: Normalisation, parameters: TensorTree, path: string, input: tf.Tensor4D): tf.Tensor4D {
  if (kind === 'none') return input;
  const [, height, width, channels] = input.shape;
  const groups = kind === 'layer' ? 1 : Math.max(1, Math.floor(channels / channelsPerGroup));
  const { gain, bias } = layerAt(parameters, path, ['gain', 'bias']);
  const grouped = tf.reshape(input, [-1, height * width, groups, channels / groups]); // [N, H W, g, C / g]
  const centred = tf.sub(grouped, tf.mean(grouped, [1, 3], true));
  const deviation = tf.rsqrt(tf.add(tf.mean(tf.square(centred), [1, 3], true), epsilon)); // [N, 1, g, 1]
  const normalised = tf.reshape(tf.mul(centred, deviation), [-1, height, width, channels]);
  return tf.add(tf.mul(normalised, gain), bias);
}
