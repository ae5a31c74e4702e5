/**
 * A classifier with one hidden layer, and one step of training it: loss, gradients and update traced as one function.
 *
 * Letters used for shapes here:
 *   B  examples per step    F  features    H  hidden units    C  classes
 */

import type { Random } from '@cpc/base';
import { createState, type HostTensor, type NamedHostTensors } from '@cpc/compile';
import type { Engine, Optimiser } from '@cpc/core';
import {
  dense,
  float32Specs,
  type HostArray,
  initialiseDense,
  initialMoments,
  lecunNormal,
  nextBuffers,
  optimiserSpecs,
  parameterNames,
  pathOf,
  scalarFeeds,
  tracedUpdate,
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
  const filled = Array.from({ length: batchSize }, (_, place) => rows[place] ?? rows[0] ?? 0);
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
  const { engine, optimiser, batchSize } = options;
  const parameters = parameterNames(options.parameters);
  const names = Object.keys(parameters);
  const specs = float32Specs(parameters);
  const width = options.parameters['hidden/kernel']?.shape[0] ?? 0;
  const state = createState({ ...parameters, ...initialMoments(optimiser, specs) });
  const compiled = await engine.compile((inputs) => stepOf(inputs, names, options), {
    ...specs,
    ...optimiserSpecs(optimiser, specs),
    features: { shape: [batchSize, width], dtype: 'float32' },
    labels: { shape: [batchSize], dtype: 'int32' },
    shares: { shape: [batchSize], dtype: 'float32' },
  });
  return {
    current: () => Object.fromEntries(names.map((name) => [pathOf(name), state.current[name] as HostTensor])),
    run: async (batch, number) => {
      const feeds = { ...state.current, ...scalarFeeds(optimiser.scalars(number)), ...batch };
      const { loss } = await compiled.run(feeds, nextBuffers(state));
      state.swap();
      return loss?.data[0] ?? Number.NaN;
    },
    dispose: compiled.dispose,
  };
}

/** Traced: mean cross-entropy, then the optimiser, parameter by parameter. */
function stepOf(
  inputs: Tensors,
  names: readonly string[],
  { optimiser, weightDecay }: MlpStepOptions,
): Record<string, tf.Tensor> {
  const loss = (...tensors: tf.Tensor[]) =>
    meanCrossEntropy(
      inputs,
      Object.fromEntries(names.map((name, index) => [pathOf(name), tensors[index] as tf.Tensor])),
    );
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => inputs[name] as tf.Tensor));
  const updates = names.map((name, index) => {
    const parameter = decayed(inputs, name, weightDecay);
    return tracedUpdate(optimiser, inputs, { name, parameter, gradient: grads[index] as tf.Tensor });
  });
  return Object.assign({ loss: value }, ...updates);
}

function meanCrossEntropy(inputs: Tensors, parameters: Tensors): tf.Scalar {
  const scores = mlp(inputs.features as tf.Tensor2D, parameters); // [B, C]
  const target = tf.oneHot(inputs.labels as tf.Tensor1D, scores.shape[1] ?? 0, 1, 0, 'float32'); // [B, C]
  const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(scores), target), 1)); // [B]
  return tf.sum<tf.Scalar>(tf.mul(losses, inputs.shares as tf.Tensor1D)); // []
}

/** What decay leaves of a kernel; biases stay. */
function decayed(inputs: Tensors, name: string, weightDecay: number): tf.Tensor {
  const parameter = inputs[name] as tf.Tensor;
  if (!name.endsWith('kernel')) return parameter;
  return tf.mul(parameter, tf.sub(1, tf.mul(inputs.learningRate as tf.Tensor, weightDecay)));
}
