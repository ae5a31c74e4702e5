/**
 * The network of table 1's last row: the encoder and context of `model.ts`, and a linear layer on c that scores the classes of
 * every frame, all trained by the labels.
 *
 * Letters used for shapes here:
 *   B  windows    N  samples    T  frames    H  context size    C  classes
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.1 and table 1.
 */
import {
  type BatchTensors,
  createRandom,
  dense,
  type Engine,
  type HostArray,
  labelledCrossEntropy,
  layerAt,
  lecunNormal,
  type TensorTree,
  type Tree,
  untrainedModel,
  zerosArray,
} from '@cpc/core';
import { classesOf, logisticScores } from '@cpc/probes';
import * as tf from '@tensorflow/tfjs';
import { createFeatureExtractor } from '../features.js';
import { contextualise, encode, initialiseSpeechModel } from '../model.js';
import type { SpeechSettings } from '../presets.js';
import type { FrameTable } from '../probes/frame-table.js';
import { featuresOfFrames } from './labelled-frames.js';

const linearLayer = 'classes';

/** Encoder and context to the last bit those of a run with this seed before its first update; the linear layer is LeCun's. */
export function initialiseSupervised(
  settings: SpeechSettings,
  { classes, seed }: { readonly classes: number; readonly seed: number },
): Tree<HostArray> {
  const { contextUnits } = settings;
  const kernel = lecunNormal([contextUnits, classes], contextUnits, createRandom(seed).fold('supervised', linearLayer));
  return {
    ...untrainedModel({ initialise: (random) => initialiseSpeechModel(settings, random) }, seed),
    [linearLayer]: { kernel, bias: zerosArray([classes]) },
  };
}

/**
 * Mean cross-entropy of the labelled frames, in nats.
 *
 * @param batch - `waveform` `[B, N]`, `labels` `[B, T]`.
 * @returns `[]`; the caller owns it.
 */
export function supervisedLoss(
  settings: SpeechSettings,
  parameters: TensorTree,
  { waveform, labels }: BatchTensors,
): tf.Scalar {
  return tf.tidy(() => {
    const latents = encode(settings, parameters, waveform as tf.Tensor2D); // [B, T, D]
    const contexts = contextualise(parameters, latents); // [B, T, H]
    const scores = dense(layerAt(parameters, linearLayer, ['kernel', 'bias']), contexts); // [B, T, C]
    return labelledCrossEntropy(scores, labels as tf.Tensor); // []
  });
}

export interface FramesToClassify {
  /** Samples of a recording from its first on: all of it, or at least the given number of frames. */
  readonly read: (recording: number, frames: number) => Promise<Float32Array>;
  /** Of `frameNumbers`, or some of its rows. */
  readonly table: FrameTable;
  readonly settings: SpeechSettings;
  readonly parameters: Tree<HostArray>;
  readonly engine: Engine;
}

/** The class of every frame of a table: recordings are heard from their beginning and scaled as a whole, as by every probe. */
export async function classifyFrames(options: FramesToClassify): Promise<Int32Array> {
  const { read, table, settings, engine } = options;
  const { [linearLayer]: _, ...parameters } = options.parameters;
  const { kernel, bias } = layerAt(options.parameters, linearLayer, ['kernel', 'bias']);
  const extractor = createFeatureExtractor({ settings, parameters, engine });
  try {
    const contexts = await featuresOfFrames(
      table,
      async (recording, frames) => (await extractor.extract(await read(recording, frames))).contexts,
    );
    return classesOf(await logisticScores({ weights: kernel, biases: bias }, contexts, engine));
  } finally {
    await extractor.dispose();
  }
}
