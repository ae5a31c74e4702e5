/**
 * The speech model: a convolutional encoder on the raw waveform and a GRU over its latents.
 *
 * Letters used for shapes here:
 *   B  windows    N  samples    T  latents, N / 160 for the paper's strides
 *   D  channels of the encoder    H  units of the context
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.1.
 */
import {
  conv1d,
  type HostArray,
  initialiseConv1d,
  initialiseGru,
  initialiseLayerNorm,
  layerAt,
  layerNorm,
  type Random,
  type TensorTree,
  type Tree,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';

/** g_ar: latents [B, T, D] to contexts [B, T, H]. */
export { contextualiseByGru as contextualise } from '@cpc/core';

/** One convolution of the encoder, in samples of its input. */
export interface EncoderLayer {
  readonly kernelLength: number;
  readonly stride: number;
}

export interface SpeechModel {
  readonly layers: readonly EncoderLayer[];
  /** D. */
  readonly channels: number;
  /** H. */
  readonly contextUnits: number;
  /** `channel` normalises every position over its channels (layer normalisation) between convolution and ReLU. */
  readonly normalisation: 'none' | 'channel';
}

/** `[B or 1, length, 1]` for a layer with so many positions, so many samples apart: 1 within the recording, 0 beyond. */
export type WithinRecording = (length: number, samplesPerPosition: number) => tf.Tensor3D;

/** The paper's five layers: one latent for every 160 samples, 10 ms at 16 kHz. */
export const paperLayers: readonly EncoderLayer[] = [
  { kernelLength: 10, stride: 5 },
  { kernelLength: 8, stride: 4 },
  { kernelLength: 4, stride: 2 },
  { kernelLength: 4, stride: 2 },
  { kernelLength: 4, stride: 2 },
];

/** Samples from one latent to the next. */
export function encoderHop(layers: readonly EncoderLayer[]): number {
  return layers.reduce((product, { stride }) => product * stride, 1);
}

/** Samples that one latent sees: 465 for the paper's layers. */
export function receptiveFieldSamples(layers: readonly EncoderLayer[]): number {
  let field = 1;
  let hop = 1;
  for (const { kernelLength, stride } of layers) {
    field += (kernelLength - 1) * hop;
    hop *= stride;
  }
  return field;
}

export function initialiseSpeechModel(
  { layers, channels, contextUnits, normalisation }: SpeechModel,
  random: Random,
): Tree<HostArray> {
  const convolutions = layers.map(({ kernelLength }, index): [string, Tree<HostArray>] => {
    const inputs = index === 0 ? 1 : channels;
    const shape = { kernelLength, inputs, outputs: channels };
    return [layerName(index), initialiseConv1d(shape, random.fold('encoder', index))];
  });
  const norms = layers.map((_, index) => [normName(index), initialiseLayerNorm({ units: channels })] as const);
  return {
    encoder: Object.fromEntries(normalisation === 'none' ? convolutions : [...convolutions, ...norms]),
    context: { gru: initialiseGru({ inputs: channels, units: contextUnits }, random.fold('context')) },
  };
}

/**
 * g_enc: waveform to latents. Latent t covers samples 160 t to 160 t + 160 and sees `receptiveFieldSamples` around them;
 * beyond both ends the waveform counts as silence.
 *
 * The paper does not say how layers are padded; here (kernel - stride) zeros are split before and after, so that N samples
 * give N / 160 latents.
 *
 * @param waveform - `[B, N]` float32, N a multiple of the hop.
 * @param within - where the waveform is a part of a recording that may reach beyond its ends: which positions lie in it.
 * @returns `[B, T, D]`, all >= 0 (ReLU); the caller owns it.
 */
export function encode(
  { layers, normalisation }: SpeechModel,
  parameters: TensorTree,
  waveform: tf.Tensor2D,
  within?: WithinRecording,
): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, samples] = waveform.shape;
    let hidden: tf.Tensor3D = tf.reshape(waveform, [batch, samples, 1]); // [B, N, 1]
    let samplesPerPosition = 1;
    for (const [index, { kernelLength, stride }] of layers.entries()) {
      const overlap = kernelLength - stride;
      const padding = { padBefore: Math.floor(overlap / 2), padAfter: Math.ceil(overlap / 2) };
      const layer = layerAt(parameters, `encoder/${layerName(index)}`, ['kernel', 'bias']);
      hidden = conv1d(layer, hidden, { stride, ...padding }); // [B, length / stride, D]
      if (normalisation === 'channel') {
        const norm = layerAt(parameters, `encoder/${normName(index)}`, ['gain', 'bias']);
        hidden = layerNorm(norm, hidden) as tf.Tensor3D;
      }
      hidden = tf.relu(hidden);
      samplesPerPosition *= stride;
      if (within !== undefined) hidden = tf.mul(hidden, within(hidden.shape[1], samplesPerPosition));
    }
    return hidden; // [B, T, D]
  });
}

/** The context after the last latent, with which the next part of a recording goes on: `[B, T, H]` to `[B, H]`. */
export function finalContext(contexts: tf.Tensor3D): tf.Tensor2D {
  const [batch, frames, units] = contexts.shape;
  return tf.tidy(() => tf.reshape(tf.slice(contexts, [0, frames - 1, 0], [batch, 1, units]), [batch, units]));
}

function layerName(index: number): string {
  return `conv${index + 1}`;
}

function normName(index: number): string {
  return `norm${index + 1}`;
}
