/**
 * A classifier with one hidden layer, and one step of training it: loss, gradients and update traced as one function.
 *
 * Letters used for shapes here:
 *   B  examples per step    F  features    H  hidden units    C  classes
 */
import { createState, type HostTensor, type NamedHostTensors, type NamedSpecs } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import { dense, initialiseDense } from '../layers/dense.js';
import { lecunNormal, zerosArray } from '../layers/initialisers.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import type { HostArray } from '../parameter-tree.js';
import type { Random } from '../random.js';
import { gatherRows, type LabelledExamples } from './examples.js';

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
    labels: { shape: [batchSize], data: Int32Array.from(filled, (row) => labels[row] ?? 0) },
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

const nextPrefix = 'next/';
const momentName = (moment: string, parameter: string) => `moments/${moment}/${parameter}`;

export async function prepareMlpStep(options: MlpStepOptions): Promise<MlpStep> {
  const { engine, optimiser, parameters, batchSize } = options;
  const names = Object.keys(parameters);
  const width = parameters['hidden/kernel']?.shape[0] ?? 0;
  const state = createState({ ...parameters, ...initialMoments(optimiser, parameters) });
  const compiled = await engine.compile((inputs) => stepOf(inputs, names, options), {
    ...floats(Object.entries(state.current).map(([name, { shape }]) => [name, shape])),
    ...floats(Object.keys(optimiser.scalars(1)).map((name) => [name, []])),
    features: { shape: [batchSize, width], dtype: 'float32' },
    labels: { shape: [batchSize], dtype: 'int32' },
    shares: { shape: [batchSize], dtype: 'float32' },
  });
  return {
    current: () => Object.fromEntries(names.map((name) => [name, state.current[name] as HostTensor])),
    run: async (batch, number) => {
      const into = Object.fromEntries(Object.entries(state.next).map(([name, value]) => [nextPrefix + name, value]));
      const { loss } = await compiled.run({ ...state.current, ...scalarsAt(optimiser, number), ...batch }, into);
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
    meanCrossEntropy(inputs, Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor])));
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => inputs[name] as tf.Tensor));
  const updates = names.map((name, index) => updateOf(inputs, name, grads[index] as tf.Tensor, optimiser, weightDecay));
  return Object.assign({ loss: value }, ...updates);
}

function meanCrossEntropy(inputs: Tensors, parameters: Tensors): tf.Scalar {
  const scores = mlp(inputs.features as tf.Tensor2D, parameters); // [B, C]
  const target = tf.oneHot(inputs.labels as tf.Tensor1D, scores.shape[1] ?? 0, 1, 0, 'float32'); // [B, C]
  const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(scores), target), 1)); // [B]
  return tf.sum<tf.Scalar>(tf.mul(losses, inputs.shares as tf.Tensor1D)); // []
}

function updateOf(
  inputs: Tensors,
  name: string,
  gradient: tf.Tensor,
  optimiser: Optimiser,
  weightDecay: number,
): Record<string, tf.Tensor> {
  const tensor = (wanted: string) => inputs[wanted] as tf.Tensor;
  const parameter = tensor(name);
  const names = Object.keys(optimiser.moments);
  const scalars = Object.fromEntries(Object.keys(optimiser.scalars(1)).map((scalar) => [scalar, tensor(scalar)]));
  const moments = Object.fromEntries(names.map((moment) => [moment, tensor(momentName(moment, name))]));
  const kept = name.endsWith('kernel')
    ? tf.mul(parameter, tf.sub(1, tf.mul(tensor('learningRate'), weightDecay)))
    : parameter;
  const updated = optimiser.update({ parameter: kept, gradient, moments, scalars });
  const next = names.map((moment) => [nextPrefix + momentName(moment, name), updated.moments[moment]]);
  return { [nextPrefix + name]: updated.parameter, ...Object.fromEntries(next) };
}

function initialMoments(optimiser: Optimiser, parameters: MlpParameters): NamedHostTensors {
  const filled = ({ shape, data }: HostArray, start: number) => ({
    shape,
    data: new Float32Array(data.length).fill(start),
  });
  return Object.fromEntries(
    Object.entries(optimiser.moments).flatMap(([moment, start]) =>
      Object.entries(parameters).map(([name, value]) => [momentName(moment, name), filled(value, start)]),
    ),
  );
}

function scalarsAt(optimiser: Optimiser, number: number): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(optimiser.scalars(number)).map(([name, value]) => [
      name,
      { shape: [], data: Float32Array.of(value) },
    ]),
  );
}

function floats(shapes: readonly (readonly [string, readonly number[]])[]): NamedSpecs {
  return Object.fromEntries(shapes.map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]));
}
