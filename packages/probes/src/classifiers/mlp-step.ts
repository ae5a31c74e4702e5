/**
 * A classifier with one hidden layer, and one step of training it.
 *
 * Letters used for shapes here:
 *   B  examples per step    F  features    H  hidden units    C  classes
 */

import type { Random } from '@cpc/base';
import { entryAt } from '@cpc/base';
import type { HostTensor, NamedHostTensors } from '@cpc/compile';
import {
  createLossStep,
  dense,
  type Engine,
  flatten,
  type HostArray,
  initialiseDense,
  layerAt,
  lecunNormal,
  type Optimiser,
  type TensorTree,
  unflatten,
  zerosArray,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { gatherRows, type LabelledExamples } from '../examples/examples.js';
import { gatherLabels } from '../examples/gather-labels.js';

/** `hidden/kernel` `[F, H]`, `hidden/bias` `[H]`, `output/kernel` `[H, C]`, `output/bias` `[C]`. */
export type MlpParameters = Readonly<Record<string, HostArray>>;

export interface MlpSizes {
  readonly width: number;
  readonly hiddenUnits: number;
  readonly classes: number;
}

/** He for the rectified layer, LeCun for the output, biases zero. */
export function initialiseMlp({ width, hiddenUnits, classes }: MlpSizes, random: Random): MlpParameters {
  const hidden = initialiseDense({ inputs: width, outputs: hiddenUnits }, random.fold('hidden'));
  return {
    'hidden/kernel': hidden.kernel,
    'hidden/bias': hidden.bias,
    'output/kernel': lecunNormal([hiddenUnits, classes], hiddenUnits, random.fold('output')),
    'output/bias': zerosArray([classes]),
  };
}

type Tensors = Readonly<Record<string, tf.Tensor>>;

/**
 * @param features - `[B, F]`.
 * @returns scores `[B, C]`; the caller owns them.
 */
export function mlp(features: tf.Tensor, parameters: Tensors): tf.Tensor {
  const layer = (name: string) => ({
    kernel: parameters[`${name}/kernel`] as tf.Tensor,
    bias: parameters[`${name}/bias`] as tf.Tensor,
  });
  return tf.tidy(() => dense(layer('output'), tf.relu(dense(layer('hidden'), features))));
}

export interface MlpStepOptions {
  readonly engine: Engine;
  readonly optimiser: Optimiser;
  /** Parameters to start from. */
  readonly parameters: MlpParameters;
  /** B. */
  readonly batchSize: number;
  /** Every step takes this times the learning rate off the kernels, before the update; see `MlpProbeOptions`. */
  readonly weightDecay: number;
}

export interface MlpBatch {
  /** `[B, F]`. */
  readonly features: HostTensor;
  /** `[B]`. */
  readonly labels: HostTensor;
  /** `[B]`: each example's share of the mean; 0 for one that fills the batch up. */
  readonly shares: HostTensor;
}

/** Examples by row. Fewer than `batchSize` are filled up by repeats of the first, which have no share in the mean. */
export function mlpBatch(
  rows: readonly number[],
  batchSize: number,
  { features, labels }: Pick<LabelledExamples, 'features' | 'labels'>,
): MlpBatch {
  const filled = Array.from({ length: batchSize }, (_, place) => rows[place] ?? entryAt(rows, 0, 'rows of a batch'));
  return {
    features: gatherRows(features, filled),
    labels: { shape: [batchSize], data: gatherLabels(labels, filled) },
    shares: { shape: [batchSize], data: new Float32Array(batchSize).fill(1 / rows.length, 0, rows.length) },
  };
}

export interface MlpStep {
  /** Parameters now; later steps change them. */
  readonly current: () => NamedHostTensors;
  /** Step `number`, counted from 1. @returns the loss before it, in nats. */
  readonly run: (batch: MlpBatch, number: number) => Promise<number>;
  readonly dispose: () => Promise<void>;
}

export async function prepareMlpStep(options: MlpStepOptions): Promise<MlpStep> {
  const { engine, optimiser, batchSize, weightDecay } = options;
  const width = options.parameters['hidden/kernel']?.shape[0] ?? 0;
  const { run, current, dispose } = await createLossStep({
    engine,
    optimiser,
    weightDecay,
    parameters: unflatten(options.parameters),
    batch: {
      features: { shape: [batchSize, width], dtype: 'float32' },
      labels: { shape: [batchSize], dtype: 'int32' },
      shares: { shape: [batchSize], dtype: 'float32' },
    },
    loss: (parameters, batch) => meanCrossEntropy(batch, flattened(parameters)),
  });
  return { current: () => flatten(current()), run: (batch, number) => run({ ...batch }, number), dispose };
}

function flattened(parameters: TensorTree): Tensors {
  return Object.fromEntries(
    ['hidden', 'output'].flatMap((layer) => {
      const { kernel, bias } = layerAt(parameters, layer, ['kernel', 'bias']);
      return [
        [`${layer}/kernel`, kernel],
        [`${layer}/bias`, bias],
      ];
    }),
  );
}

function meanCrossEntropy(inputs: Tensors, parameters: Tensors): tf.Scalar {
  const scores = mlp(inputs.features as tf.Tensor2D, parameters); // [B, C]
  const target = tf.oneHot(inputs.labels as tf.Tensor1D, scores.shape[1] ?? 0, 1, 0, 'float32'); // [B, C]
  const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(scores), target), 1)); // [B]
  return tf.sum<tf.Scalar>(tf.mul(losses, inputs.shares as tf.Tensor1D)); // []
}
