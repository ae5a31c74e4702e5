/**
 * Mean cross-entropy of a linear classifier over all examples, and its gradient: what logistic regression minimises. Several
 * classifiers that differ in how often each example counts, such as those of the folds of a cross-validation, are
 * computed in one pass over the features, which takes little longer than one: reading them is what takes the time.
 *
 * Examples pass in blocks (see `row-blocks.ts`). Within a block the engine computes in float32; the sums over examples and
 * blocks are double, or rounding would end a line search before the gradient is small: measured on 100,000 examples,
 * single-precision sums stop at an entry above 1e-5.
 *
 * Letters used for shapes here:
 *   N  examples    F  features    C  classes    B  rows per block    K  classifiers
 *
 * Source of the gradient: Bishop, *Pattern Recognition and Machine Learning*, 2006, equation 4.109.
 */
import type { CompiledFunction, NamedHostTensors } from '@cpc/compile';
import type { Engine } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import type { LabelledExamples } from '../examples/examples.js';
import type { Evaluation } from './lbfgs.js';
import { cutIntoBlocks, filledUp, type RowBlock } from './row-blocks.js';

export interface CrossEntropyOptions extends LabelledExamples {
  /** `[N]`, how often each example counts. */
  readonly exampleWeights: Float32Array;
  readonly engine: Engine;
}

export interface CrossEntropy {
  readonly totalWeight: number;
  /**
   * Value in nats and gradient, both divided by the total weight.
   *
   * @param point - weights class by class `[C, F]`, then biases `[C]`. The gradient is laid out like it and is the caller's.
   */
  readonly at: (point: Float64Array) => Promise<Evaluation>;
  readonly dispose: () => Promise<void>;
}

export async function prepareCrossEntropy({ exampleWeights, ...rest }: CrossEntropyOptions): Promise<CrossEntropy> {
  const all = await prepareCrossEntropies({ ...rest, exampleWeights: [exampleWeights] });
  return {
    totalWeight: all.totalWeights[0] ?? 0,
    at: async (point) => (await all.at([point]))[0] ?? { value: Number.NaN, gradient: new Float64Array(point.length) },
    dispose: all.dispose,
  };
}

export interface CrossEntropiesOptions extends LabelledExamples {
  /** By classifier `[N]`, how often each example counts. */
  readonly exampleWeights: readonly Float32Array[];
  readonly engine: Engine;
}

export interface CrossEntropies {
  /** By classifier. */
  readonly totalWeights: readonly number[];
  /** By classifier what `CrossEntropy.at` gives; something of no use where a point is left out. */
  readonly at: (points: readonly (Float64Array | undefined)[]) => Promise<readonly Evaluation[]>;
  readonly dispose: () => Promise<void>;
}

export async function prepareCrossEntropies(options: CrossEntropiesOptions): Promise<CrossEntropies> {
  const { features, classes, exampleWeights, engine } = options;
  const blocks = cutIntoBlocks(features).map((block) => feedsOf(block, options));
  const [rows = 0, width = 0] = blocks[0]?.features.shape ?? [];
  const count = exampleWeights.length;
  const compiled = await engine.compile((inputs) => blockSums(inputs, count, classes), {
    features: { shape: [rows, width], dtype: 'float32' },
    labels: { shape: [rows], dtype: 'int32' },
    exampleWeights: { shape: [rows, count], dtype: 'float32' },
    weights: { shape: [count * classes, width], dtype: 'float32' },
    biases: { shape: [count * classes], dtype: 'float32' },
  });
  const results = resultBuffers(rows, width, count, classes);
  const totalWeights = exampleWeights.map((weights) => weights.reduce((sum, weight) => sum + weight, 0));
  return {
    totalWeights,
    at: (points) => evaluate({ compiled, blocks, results, totalWeights }, points),
    dispose: compiled.dispose,
  };
}

/** Rows that fill a block up count 0 times. */
function feedsOf({ start, count, features }: RowBlock, { labels, exampleWeights }: CrossEntropiesOptions) {
  const [rows = 0] = features.shape;
  const weights = new Float32Array(rows * exampleWeights.length); // [B, K]
  for (const [place, own] of exampleWeights.entries())
    for (let row = 0; row < count; row++) weights[row * exampleWeights.length + place] = own[start + row] ?? 0;
  return {
    features,
    labels: { shape: [rows], data: filledUp(labels.subarray(start, start + count), rows) },
    exampleWeights: { shape: [rows, exampleWeights.length], data: weights },
  };
}

function resultBuffers(rows: number, width: number, count: number, classes: number) {
  return {
    losses: { shape: [rows, count], data: new Float32Array(rows * count) },
    weightGradient: { shape: [count * classes, width], data: new Float32Array(count * classes * width) },
    biasGradient: { shape: [count * classes], data: new Float32Array(count * classes) },
  };
}

interface Prepared {
  readonly compiled: CompiledFunction;
  readonly blocks: readonly NamedHostTensors[];
  readonly results: ReturnType<typeof resultBuffers>;
  readonly totalWeights: readonly number[];
}

async function evaluate(
  { compiled, blocks, results, totalWeights }: Prepared,
  points: readonly (Float64Array | undefined)[],
): Promise<readonly Evaluation[]> {
  const { weightGradient, biasGradient, losses } = results;
  const count = totalWeights.length;
  const [split, classes] = [weightGradient.data.length / count, biasGradient.data.length / count];
  const parameters = {
    weights: { shape: weightGradient.shape, data: besideOneAnother(points, 0, split) },
    biases: { shape: biasGradient.shape, data: besideOneAnother(points, split, split + classes) },
  };
  const values = totalWeights.map(() => 0);
  const gradients = totalWeights.map(() => new Float64Array(split + classes));
  for (const block of blocks) {
    await compiled.run({ ...block, ...parameters }, results);
    for (const [place, total] of totalWeights.entries()) {
      const gradient = gradients[place] ?? new Float64Array(0);
      for (let index = place; index < losses.data.length; index += count)
        values[place] = (values[place] ?? 0) + (losses.data[index] ?? 0) / total;
      addShare(gradient.subarray(0, split), weightGradient.data.subarray(place * split), total);
      addShare(gradient.subarray(split), biasGradient.data.subarray(place * classes), total);
    }
  }
  return gradients.map((gradient, place) => ({ value: values[place] ?? Number.NaN, gradient }));
}

/** A part of every point, zeros where there is none. */
function besideOneAnother(points: readonly (Float64Array | undefined)[], from: number, to: number): Float32Array {
  const data = new Float32Array(points.length * (to - from));
  for (const [place, point] of points.entries()) data.set(point?.subarray(from, to) ?? [], place * (to - from));
  return data;
}

/** As many as there are sums. */
function addShare(sums: Float64Array, data: Float32Array, totalWeight: number): void {
  for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] ?? 0) + (data[index] ?? 0) / totalWeight;
}

/**
 * Traced: every row's cross-entropy times its weight, and the gradient of their sum, classifier by classifier. The gradient is
 * written out instead of left to `tf.grads`, which takes more passes; its product gives `[K C, F]`, twice as fast as `[F, K C]`
 * where C is small.
 */
function blockSums(
  inputs: Readonly<Record<string, tf.Tensor>>,
  count: number,
  classes: number,
): Record<string, tf.Tensor> {
  const features = inputs.features as tf.Tensor2D; // [B, F]
  const rows = features.shape[0];
  const exampleWeights = inputs.exampleWeights as tf.Tensor2D; // [B, K]
  const target = tf.expandDims(tf.oneHot(inputs.labels as tf.Tensor1D, classes, 1, 0, 'float32'), 1); // [B, 1, C]
  const all = tf.add(tf.matMul(features, inputs.weights as tf.Tensor2D, false, true), inputs.biases as tf.Tensor1D);
  const scores = tf.reshape(all, [rows, count, classes]); // [B, K, C]
  const shifted = tf.sub(scores, tf.max(scores, 2, true)); // [B, K, C], at most 0
  const odds = tf.exp(shifted); // [B, K, C]
  const total = tf.sum(odds, 2, true); // [B, K, 1]
  const losses = tf.sub(tf.squeeze(tf.log(total), [2]), tf.sum(tf.mul(shifted, target), 2)); // [B, K]
  const errors = tf.mul(tf.sub(tf.div(odds, total), target), tf.expandDims(exampleWeights, 2)); // [B, K, C]
  const surplus = tf.reshape(errors, [rows, count * classes]); // [B, K C]
  return {
    losses: tf.mul(losses, exampleWeights),
    weightGradient: tf.matMul(surplus as tf.Tensor2D, features, true, false), // [K C, F]
    biasGradient: tf.sum(surplus, 0), // [K C]
  };
}
