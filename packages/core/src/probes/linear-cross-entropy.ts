/**
 * Mean cross-entropy of a linear classifier over all examples, and its gradient: what logistic regression minimises.
 *
 * Examples pass in blocks (see `row-blocks.ts`). Within a block the engine computes in float32; the sums over examples and
 * blocks are double, or rounding would end a line search before the gradient is small: measured on 100,000 examples,
 * single-precision sums stop at an entry above 1e-5.
 *
 * Letters used for shapes here:
 *   N  examples    F  features    C  classes    B  rows per block
 *
 * Source of the gradient: Bishop, *Pattern Recognition and Machine Learning*, 2006, equation 4.109.
 */
import type { CompiledFunction, HostTensor, NamedHostTensors } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import type { Evaluation } from '../optimisers/lbfgs.js';
import type { LabelledExamples } from './examples.js';
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
  readonly at: (point: Float64Array) => Promise<{ value: number; gradient: Float64Array } & Evaluation>;
  readonly dispose: () => Promise<void>;
}

export async function prepareCrossEntropy(options: CrossEntropyOptions): Promise<CrossEntropy> {
  const { features, classes, exampleWeights, engine } = options;
  const blocks = cutIntoBlocks(features).map((block) => feedsOf(block, options));
  const [rows = 0, width = 0] = blocks[0]?.features.shape ?? [];
  const compiled = await engine.compile((inputs) => blockSums(inputs, classes), {
    features: { shape: [rows, width], dtype: 'float32' },
    labels: { shape: [rows], dtype: 'int32' },
    exampleWeights: { shape: [rows], dtype: 'float32' },
    weights: { shape: [classes, width], dtype: 'float32' },
    biases: { shape: [classes], dtype: 'float32' },
  });
  const buffers = resultBuffers(rows, width, classes);
  const totalWeight = exampleWeights.reduce((sum, weight) => sum + weight, 0);
  return {
    totalWeight,
    at: (point) => evaluate(compiled, blocks, buffers, point, totalWeight),
    dispose: compiled.dispose,
  };
}

/** Rows that fill a block up count 0 times. */
function feedsOf({ start, count, features }: RowBlock, { labels, exampleWeights }: CrossEntropyOptions) {
  const [rows = 0] = features.shape;
  return {
    features,
    labels: { shape: [rows], data: filledUp(labels.subarray(start, start + count), rows) },
    exampleWeights: { shape: [rows], data: filledUp(exampleWeights.subarray(start, start + count), rows) },
  };
}

function resultBuffers(rows: number, width: number, classes: number) {
  return {
    losses: { shape: [rows], data: new Float32Array(rows) },
    weightGradient: { shape: [classes, width], data: new Float32Array(classes * width) },
    biasGradient: { shape: [classes], data: new Float32Array(classes) },
  };
}

async function evaluate(
  compiled: CompiledFunction,
  blocks: readonly NamedHostTensors[],
  results: ReturnType<typeof resultBuffers>,
  point: Float64Array,
  totalWeight: number,
): Promise<{ value: number; gradient: Float64Array }> {
  const { weightGradient, biasGradient, losses } = results;
  const split = weightGradient.data.length;
  const parameters = {
    weights: { shape: weightGradient.shape, data: Float32Array.from(point.subarray(0, split)) },
    biases: { shape: biasGradient.shape, data: Float32Array.from(point.subarray(split)) },
  };
  const gradient = new Float64Array(point.length);
  let value = 0;
  for (const block of blocks) {
    await compiled.run({ ...block, ...parameters }, results);
    for (const loss of losses.data) value += loss / totalWeight;
    addShare(gradient, weightGradient, 0, totalWeight);
    addShare(gradient, biasGradient, split, totalWeight);
  }
  return { value, gradient };
}

function addShare(sums: Float64Array, { data }: HostTensor, offset: number, totalWeight: number): void {
  for (let index = 0; index < data.length; index++) {
    sums[offset + index] = (sums[offset + index] ?? 0) + (data[index] ?? 0) / totalWeight;
  }
}

/**
 * Traced: every row's cross-entropy times its weight, and the gradient of their sum. The gradient is written out instead
 * of left to `tf.grads`, which takes more passes; its product gives `[C, F]`, twice as fast as `[F, C]` where C is small.
 */
function blockSums(inputs: Readonly<Record<string, tf.Tensor>>, classes: number): Record<string, tf.Tensor> {
  const features = inputs.features as tf.Tensor2D; // [B, F]
  const exampleWeights = inputs.exampleWeights as tf.Tensor1D; // [B]
  const target = tf.oneHot(inputs.labels as tf.Tensor1D, classes, 1, 0, 'float32'); // [B, C]
  const scores = tf.add(tf.matMul(features, inputs.weights as tf.Tensor2D, false, true), inputs.biases as tf.Tensor1D);
  const shifted = tf.sub(scores, tf.max(scores, 1, true)); // [B, C], at most 0
  const odds = tf.exp(shifted); // [B, C]
  const total = tf.sum(odds, 1, true); // [B, 1]
  const losses = tf.sub(tf.squeeze(tf.log(total), [1]), tf.sum(tf.mul(shifted, target), 1)); // [B]
  const surplus = tf.mul(tf.sub(tf.div(odds, total), target), tf.expandDims(exampleWeights, 1)); // [B, C]
  return {
    losses: tf.mul(losses, exampleWeights),
    weightGradient: tf.matMul(surplus as tf.Tensor2D, features, true, false), // [C, F]
    biasGradient: tf.sum(surplus, 0), // [C]
  };
}
