/**
 * g_enc: a residual network with activations before its layers, up to the third stack, pooled to one vector per patch.
 *
 * Letters used for shapes here:
 *   N  patches    P  side of a patch    C  channels of a picture    H, W  height and width    D  size of z
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.2; He et al., 2016, arXiv:1603.05027, figure 1b.
 */
import {
  type Conv2dOptions,
  conv2d,
  flatten,
  type HostArray,
  initialiseConv2d,
  layerAt,
  type ModelPart,
  type Random,
  recomputed,
  type TensorTree,
  type Tree,
  unflatten,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { channelCount } from '../data/augmentation.js';
import type { Stem } from '../presets.js';
import { type BlockShape, blockShapes, type EncoderSettings } from './architecture.js';
import { initialiseBranchFactor, initialiseBranchLayer } from './initialisation.js';
import { initialiseNormalisation, normalise } from './normalisation.js';

const stems: Readonly<Record<Stem, { kernelSize: number; stride: number; pools: boolean }>> = {
  '7x7-pool': { kernelSize: 7, stride: 2, pools: true },
  '3x3-stride-2': { kernelSize: 3, stride: 2, pools: false },
  '3x3': { kernelSize: 3, stride: 1, pools: false },
};

/** Parameters by stack, block and layer. */
export function initialiseResnet(settings: EncoderSettings, random: Random): Tree<HostArray> {
  const { kernelSize } = stems[settings.stem];
  const stem = { kernelHeight: kernelSize, kernelWidth: kernelSize, inputs: channelCount(settings) };
  const shapes = blockShapes(settings);
  const tree: Record<string, Tree<HostArray>> = {
    stem: initialiseConv2d({ ...stem, outputs: settings.width }, random.fold('stem')),
  };
  for (const shape of shapes) {
    const [stack = '', block = ''] = shape.path.split('/');
    const parameters = initialiseBlock(settings, shape, shapes.length, random.fold(shape.path));
    tree[stack] = { ...tree[stack], [block]: parameters };
  }
  return tree;
}

function initialiseBlock(
  { initialisation, normalisation }: EncoderSettings,
  { inputs, outputs, hasProjection, branch }: BlockShape,
  branches: number,
  random: Random,
): Tree<HostArray> {
  const layers = branch.flatMap((layer, index) => {
    const place = { branches, layers: branch.length, layer: index };
    const convolution = initialiseBranchLayer(initialisation, layer, place, random.fold('layer', index));
    const norm = initialiseNormalisation(normalisation, layer.inputs);
    return [
      [`layer${index + 1}`, convolution],
      ...(normalisation === 'none' ? [] : [[`norm${index + 1}`, norm]]),
    ] as const;
  });
  const projection = { kernelHeight: 1, kernelWidth: 1, inputs, outputs };
  return {
    ...Object.fromEntries(layers),
    factor: initialiseBranchFactor(initialisation),
    ...(hasProjection ? { projection: initialiseConv2d(projection, random.fold('projection')) } : {}),
  };
}

/**
 * @param branch - where the parameters lie, such as `encoder`.
 * @param patches - `[N, P, P, C]` float32.
 * @returns `[N, D]`; the caller owns it.
 */
export function resnet(
  settings: EncoderSettings,
  parameters: TensorTree,
  branch: string,
  patches: tf.Tensor4D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const { stride, pools } = stems[settings.stem];
    const convolved = convolution(parameters, `${branch}/stem`, patches, { stride, padding: 'same' });
    let features = pools ? tf.maxPool(convolved, 3, 2, 'same') : convolved; // [N, H, W, width]
    for (const shape of blockShapes(settings)) {
      const path = `${branch}/${shape.path}`;
      const block: ModelPart<tf.Tensor4D, tf.Tensor4D> = (input, tree) =>
        residualBlock(settings, tree, path, shape, input);
      features = settings.recomputeBlocks
        ? recomputed(block, features, treeUnder(parameters, path))
        : block(features, parameters);
    }
    const last = settings.finalRelu ? tf.relu(features) : features;
    return tf.mul<tf.Tensor2D>(tf.mean(last, [1, 2]), settings.latentScale); // [N, D]
  });
}

/** A tree of the parameters under a path alone. */
function treeUnder(parameters: TensorTree, path: string): TensorTree {
  return unflatten(
    Object.fromEntries(Object.entries(flatten(parameters)).filter(([name]) => name.startsWith(`${path}/`))),
  );
}

/** x or its projection, plus the branch. The first activation serves both. */
function residualBlock(
  { normalisation }: EncoderSettings,
  parameters: TensorTree,
  path: string,
  { branch, stride, hasProjection }: BlockShape,
  input: tf.Tensor4D,
): tf.Tensor4D {
  const active = (index: number, features: tf.Tensor4D) =>
    tf.relu(normalise(normalisation, parameters, `${path}/norm${index + 1}`, features));
  const first = active(0, input);
  let features = first;
  const { factor } = layerAt(parameters, path, ['factor']);
  for (const [index, layer] of branch.entries()) {
    const activated = index === 0 ? first : active(index, features);
    const isLast = index === branch.length - 1;
    const options = { stride: layer.stride, padding: 'same' } as const;
    const layerPath = `${path}/layer${index + 1}`;
    features = convolution(parameters, layerPath, activated, options, isLast ? factor : undefined);
  }
  const around = hasProjection
    ? convolution(parameters, `${path}/projection`, first, { stride, padding: 'valid' })
    : input;
  return tf.add(around, features); // [N, H, W, outputs]
}

/** @param factor - on the layer: on its parameters, which are fewer than its features. */
function convolution(
  parameters: TensorTree,
  path: string,
  input: tf.Tensor4D,
  options: Conv2dOptions,
  factor?: tf.Tensor,
): tf.Tensor4D {
  const { kernel, bias } = layerAt(parameters, path, ['kernel', 'bias']);
  const scaled =
    factor === undefined ? { kernel, bias } : { kernel: tf.mul(kernel, factor), bias: tf.mul(bias, factor) };
  return conv2d(scaled, input, options);
}
