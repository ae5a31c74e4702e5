/**
 * Multinomial logistic regression: the linear probe of the paper (sections 3.1 to 3.3).
 *
 * Letters used for shapes here:
 *   N  examples    F  features    C  classes
 */
import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import { CpcArgumentError } from '../errors.js';
import { type LbfgsOptions, minimise } from '../optimisers/lbfgs.js';
import type { HostArray } from '../parameter-tree.js';

export interface LogisticRegressionOptions extends LbfgsOptions {
  /** `[N, F]` float32, N >= 1. Standardise them first; see `standardise.ts`. */
  readonly features: HostArray;
  /** `[N]`, each in 0 .. classes - 1. */
  readonly labels: Int32Array;
  /** C >= 2. */
  readonly classes: number;
  /**
   * Inverse strength of the L2 penalty on weights (not on biases), as in scikit-learn: the sum over examples of the
   * cross-entropy plus |W|^2 / (2 c) is minimised. > 0; default 1.
   */
  readonly c?: number;
  readonly engine: Engine;
}

export interface LogisticRegression {
  /** `[F, C]`. */
  readonly weights: HostArray;
  /** `[C]`. */
  readonly biases: HostArray;
  readonly iterations: number;
  readonly converged: boolean;
  /** The minimised sum divided by N, in nats. */
  readonly objective: number;
}

/**
 * Fits by L-BFGS from zero; the problem is convex, so nothing is random.
 *
 * @throws {CpcArgumentError} if shapes or labels do not fit, or a feature is not finite.
 *
 * @example
 * const model = await fitLogisticRegression({ features, labels, classes: 41, engine });
 */
export async function fitLogisticRegression(options: LogisticRegressionOptions): Promise<LogisticRegression> {
  const { features, labels, classes, c = 1, engine } = options;
  const { examples, width } = checkedSizes(options);
  const penalty = 1 / (c * examples);
  const compiled = await engine.compile((inputs) => objective(inputs, classes, penalty), {
    features: { shape: [examples, width], dtype: 'float32' },
    labels: { shape: [examples], dtype: 'int32' },
    weights: { shape: [width, classes], dtype: 'float32' },
    biases: { shape: [classes], dtype: 'float32' },
  });
  try {
    const split = width * classes;
    const evaluate = async (point: Float64Array) => {
      const { value, weightGradient, biasGradient } = await compiled.run({
        features,
        labels: { shape: [examples], data: labels },
        weights: { shape: [width, classes], data: Float32Array.from(point.subarray(0, split)) },
        biases: { shape: [classes], data: Float32Array.from(point.subarray(split)) },
      });
      const gradient = new Float64Array(point.length);
      gradient.set(weightGradient?.data ?? []);
      gradient.set(biasGradient?.data ?? [], split);
      return { value: value?.data[0] ?? Number.NaN, gradient };
    };
    const { point, value, iterations, converged } = await minimise(
      evaluate,
      new Float64Array(split + classes),
      options,
    );
    return {
      weights: { shape: [width, classes], data: Float32Array.from(point.subarray(0, split)) },
      biases: { shape: [classes], data: Float32Array.from(point.subarray(split)) },
      iterations,
      converged,
      objective: value,
    };
  } finally {
    await compiled.dispose();
  }
}

/**
 * The most likely class of every example.
 *
 * @param features - `[N, F]`, scaled as those of the fit.
 * @returns `[N]`.
 */
export function predictClasses({ weights, biases }: LogisticRegression, features: HostArray): Int32Array {
  const [examples = 0, width = 0] = features.shape;
  const [, classes = 0] = weights.shape;
  const predicted = new Int32Array(examples);
  const scores = new Float64Array(classes);
  for (let example = 0; example < examples; example++) {
    scores.set(biases.data);
    for (let feature = 0; feature < width; feature++) {
      const value = features.data[example * width + feature] ?? 0;
      for (let label = 0; label < classes; label++) {
        scores[label] = (scores[label] ?? 0) + value * (weights.data[feature * classes + label] ?? 0);
      }
    }
    predicted[example] = scores.indexOf(Math.max(...scores));
  }
  return predicted;
}

/** Traced: mean cross-entropy plus penalty, and its gradient. */
function objective(
  inputs: Readonly<Record<string, tf.Tensor>>,
  classes: number,
  penalty: number,
): Record<string, tf.Tensor> {
  const features = inputs.features as tf.Tensor2D; // [N, F]
  const target = tf.oneHot(inputs.labels as tf.Tensor1D, classes, 1, 0, 'float32'); // [N, C]
  const loss = (weights: tf.Tensor, biases: tf.Tensor): tf.Scalar => {
    const logProbabilities = tf.logSoftmax(tf.add(tf.matMul(features, weights as tf.Tensor2D), biases)); // [N, C]
    const crossEntropy = tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, target), 1))); // []
    return tf.add<tf.Scalar>(crossEntropy, tf.mul(tf.sum(tf.square(weights)), penalty / 2));
  };
  const { value, grads } = tf.valueAndGrads(loss)([inputs.weights as tf.Tensor, inputs.biases as tf.Tensor]);
  return { value, weightGradient: grads[0] as tf.Tensor, biasGradient: grads[1] as tf.Tensor };
}

function checkedSizes({ features, labels, classes, c = 1 }: LogisticRegressionOptions): {
  examples: number;
  width: number;
} {
  const [examples = 0, width = 0] = features.shape;
  const refuse = (argument: string, expected: string, received: unknown): never => {
    throw new CpcArgumentError({ where: 'fitLogisticRegression', argument, expected, received });
  };
  if (features.shape.length !== 2 || examples < 1 || features.data.length !== examples * width) {
    refuse('features', 'features of shape [N, F] with N >= 1', features.shape);
  }
  if (labels.length !== examples) refuse('labels', `${examples} labels, one per example`, labels.length);
  if (!(Number.isInteger(classes) && classes >= 2)) refuse('classes', 'a whole number of at least 2', classes);
  if (!(c > 0)) refuse('c', 'a number above 0', c);
  const outside = labels.findIndex((label) => label < 0 || label >= classes);
  if (outside >= 0) refuse('labels', `labels from 0 to ${classes - 1}`, `${labels[outside]} at example ${outside}`);
  const strange = features.data.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0)
    refuse('features', 'finite features', `${features.data[strange]} at example ${Math.floor(strange / width)}`);
  return { examples, width };
}
