/**
 * g_enc of an agent: what is seen at one moment to a vector z. Pixels go through IMPALA's shallow network, other observations
 * through one dense layer. Knows nothing of time, rewards or actions.
 *
 * Letters used for shapes here:
 *   N  moments, of any copies and steps    H, W, C  height, width and channels of a picture    D  size of z
 *
 * Source: Espeholt et al., 2018, "IMPALA", arXiv:1802.01561, figure 3, left, which section 3.4 of arXiv:1807.03748 takes over:
 * 16 filters of 8x8 with stride 4, 32 of 4x4 with stride 2, 256 units, each followed by ReLU. Without padding the whole agent
 * comes to about the 1.2 million parameters that the figure states; with padding to 1.4 million.
 */
import {
  type Conv2dParameters,
  CpcArgumentError,
  dense,
  type HostArray,
  initialiseConv2d,
  initialiseDense,
  layerAt,
  type Random,
  type TensorTree,
  type Tree,
} from '@cpc/core';
import { type ObservationSpec, observationSize } from '@cpc/environments';
import * as tf from '@tensorflow/tfjs';
import { blockConv2d } from './block-convolution.js';

export interface EncoderShape {
  readonly observation: ObservationSpec;
  /** Channels of the two convolutions over pixels. */
  readonly convolutionChannels: readonly [first: number, second: number];
  /** D. */
  readonly encoderUnits: number;
}

/** Kernel size and stride of the two convolutions, in pixels. */
const convolutions = [
  { kernel: 8, stride: 4 },
  { kernel: 4, stride: 2 },
] as const;

const brightest = 255;

/**
 * Parameters under `conv1`, `conv2` and `dense` for pictures (uint8, three axes), under `dense` alone for anything else.
 *
 * @throws {CpcArgumentError} if a picture is too small for the convolutions.
 */
export function initialiseEncoder(shape: EncoderShape, random: Random): Tree<HostArray> {
  const { observation, encoderUnits, convolutionChannels } = shape;
  const [, second] = convolutionChannels;
  if (!isPicture(observation)) {
    const inputs = observationSize(observation);
    return { dense: initialiseDense({ inputs, outputs: encoderUnits }, random.fold('dense')) };
  }
  const [height, width] = positionsAfter(observation);
  return {
    ...convolutionParameters(observation.shape[2] ?? 1, convolutionChannels, random),
    dense: initialiseDense({ inputs: height * width * second, outputs: encoderUnits }, random.fold('dense')),
  };
}

/** A convolution without padding. Of its result, no more than the first rows and columns that are read need be computed. */
export type Convolution = (
  layer: Conv2dParameters<tf.Tensor>,
  input: tf.Tensor4D,
  options: {
    readonly stride: number;
    readonly padding: 'valid';
    readonly read: readonly [rows: number, columns: number];
  },
) => tf.Tensor4D;

/**
 * @param parameters - the whole agent's.
 * @param observations - `[N, H, W, C]`, from 0 to 255, or `[N, …]` of any numbers; float32.
 * @param convolve - how: `blockConv2d` (default) is faster where gradients are taken, `conv2d` of core where not. Results are the same.
 * @returns `[N, D]`, all >= 0; the caller owns it.
 */
export function encode(
  parameters: TensorTree,
  observations: tf.Tensor,
  observation: ObservationSpec,
  convolve: Convolution = blockConv2d,
): tf.Tensor2D {
  return tf.tidy(() => {
    const moments = observations.shape[0] ?? 0;
    const seen = isPicture(observation) ? convolved(parameters, observations as tf.Tensor4D, convolve) : observations;
    const flat = tf.reshape(seen, [moments, seen.size / moments]);
    return tf.relu(dense(layerAt(parameters, 'encoder/dense', ['kernel', 'bias']), flat)) as tf.Tensor2D; // [N, D]
  });
}

/** Whether the observation goes through convolutions. */
export function isPicture({ shape, dtype }: ObservationSpec): boolean {
  return dtype === 'uint8' && shape.length === 3;
}

function convolutionParameters(channels: number, outputs: readonly number[], random: Random): Tree<HostArray> {
  let inputs = channels;
  const layers = convolutions.map(({ kernel }, index) => {
    const shape = { kernelHeight: kernel, kernelWidth: kernel, inputs, outputs: outputs[index] ?? 1 };
    inputs = shape.outputs;
    const name = `conv${index + 1}`;
    return [name, initialiseConv2d(shape, random.fold(name))] as const;
  });
  return Object.fromEntries(layers);
}

/** `[N, H, W, C]` to what the second convolution shows. */
function convolved(parameters: TensorTree, pictures: tf.Tensor4D, convolve: Convolution): tf.Tensor4D {
  let hidden = pictures;
  for (const [index, { kernel, stride }] of convolutions.entries()) {
    const layer = layerAt(parameters, `encoder/conv${index + 1}`, ['kernel', 'bias']);
    const scaled = index === 0 ? { ...layer, kernel: tf.div(layer.kernel, brightest) } : layer; // cheaper than to scale the pictures
    const [, height, width] = hidden.shape;
    const next = convolutions[index + 1];
    const readAlong = (length: number) => readOf(outputsOf(length, { kernel, stride }), next);
    const read = [readAlong(height), readAlong(width)] as const;
    hidden = tf.relu(convolve(scaled, hidden, { stride, padding: 'valid', read }));
  }
  return hidden;
}

interface Extent {
  readonly kernel: number;
  readonly stride: number;
}

/** Outputs of a convolution along an axis. */
function outputsOf(length: number, { kernel, stride }: Extent): number {
  return Math.floor((length - kernel) / stride) + 1;
}

/** How many positions the windows of the next convolution reach; all if none follows. */
function readOf(length: number, next: Extent | undefined): number {
  return next === undefined ? length : (outputsOf(length, next) - 1) * next.stride + next.kernel;
}

/** Height and width after both convolutions. */
function positionsAfter({ shape }: ObservationSpec): readonly [height: number, width: number] {
  const after = (length: number) => convolutions.reduce<number>(outputsOf, length);
  const [height, width] = [after(shape[0] ?? 0), after(shape[1] ?? 0)];
  if (height >= 1 && width >= 1) return [height, width];
  throw new CpcArgumentError({
    where: 'initialiseEncoder',
    argument: 'observation',
    expected: 'pictures of at least 20 x 20 pixels',
    received: shape,
    fix: 'Let the environment show larger pictures, or give it vectors (float32).',
  });
}
