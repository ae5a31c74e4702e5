/**
 * Multinomial logistic regression: the linear probe of the paper (sections 3.1 to 3.3).
 *
 * Letters used for shapes here:
 *   N  examples    F  features    C  classes    B  rows per block
 */

import { CpcArgumentError } from '@cpc/base';
import type { Engine, HostArray } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { checkExamples, checkFeatures, type ExampleSizes, type LabelledExamples } from '../examples/examples.js';
import type { Evaluation, LbfgsOptions } from './lbfgs.js';
import { minimiseTogether } from './lbfgs-together.js';
import { type CrossEntropy, prepareCrossEntropies } from './linear-cross-entropy.js';
import { rowFunction } from './row-blocks.js';

export interface LogisticRegressionOptions extends LabelledExamples, LbfgsOptions {
  /** `[N, F]` float32, N >= 1. Standardise them first; see `standardise.ts`. */
  readonly features: HostArray;
  /**
   * Inverse strength of the L2 penalty on weights (not on biases), as in scikit-learn: the sum over examples of the
   * cross-entropy plus |W|^2 / (2 c) is minimised. > 0; default 1.
   */
  readonly c?: number;
  /** `[N]`, how often each example counts; >= 0, not all 0. Default: once each. */
  readonly exampleWeights?: Float32Array;
  /** Where to begin: a fit to the same features and classes, such as one with another `c`. Default: zeros. */
  readonly start?: Pick<LogisticRegression, 'weights' | 'biases'>;
  readonly engine: Engine;
}

export interface LogisticRegression {
  /** `[F, C]`. */
  readonly weights: HostArray;
  /** `[C]`. */
  readonly biases: HostArray;
  readonly iterations: number;
  readonly converged: boolean;
  /** The minimised sum divided by N (by the sum of the weights of examples, if given), in nats. */
  readonly objective: number;
}

/**
 * Fits by L-BFGS; the problem is convex, so nothing is random, and where it begins changes only how long it takes.
 *
 * @throws {CpcArgumentError} if shapes, labels, weights or the start do not fit, or a feature is not finite.
 *
 * @example
 * const model = await fitLogisticRegression({ features, labels, classes: 41, engine });
 */
export async function fitLogisticRegression(options: LogisticRegressionOptions): Promise<LogisticRegression> {
  const { exampleWeights, start, ...shared } = options;
  const own = {
    ...(exampleWeights === undefined ? {} : { exampleWeights }),
    ...(start === undefined ? {} : { start }),
  };
  const [fitted] = await fitLogisticRegressions({ ...shared, fits: [own] });
  if (fitted === undefined) throw new Error('a fit gave no model');
  return fitted;
}

/** A fit of several to the same examples: what is its own. */
export type OwnFit = Pick<LogisticRegressionOptions, 'exampleWeights' | 'start'>;

export interface LogisticRegressionsOptions extends Omit<LogisticRegressionOptions, keyof OwnFit> {
  readonly fits: readonly OwnFit[];
}

/**
 * Several fits that differ in how often examples count and where they begin, in one pass over the features for all: for the folds
 * of a cross-validation, whose held-out examples count 0 times.
 *
 * @returns a regression by fit, each as `fitLogisticRegression` gives it, up to rounding.
 * @throws {CpcArgumentError} as `fitLogisticRegression` does for any of them.
 *
 * @example
 * const fits = folds.map(({ train }) => ({ exampleWeights: countedOnce(train) }));
 * const models = await fitLogisticRegressions({ features, labels, classes: 2, engine, fits });
 */
export async function fitLogisticRegressions(options: LogisticRegressionsOptions): Promise<LogisticRegression[]> {
  const { fits, classes, c = 1 } = options;
  const sizes = checkedSizes(options);
  for (const fit of fits) checkOwn(fit, sizes, classes);
  const split = sizes.width * classes;
  const crossEntropies = await prepareCrossEntropies({ ...options, exampleWeights: weightsOf(fits, sizes.examples) });
  try {
    const penalties = crossEntropies.totalWeights.map((total) => 1 / (c * total));
    const results = await minimiseTogether(
      async (points) =>
        (await crossEntropies.at(points)).map((found, index) =>
          withPenalty(found, points[index] ?? new Float64Array(split), split, penalties[index] ?? 0),
        ),
      fits.map(({ start }) => (start === undefined ? new Float64Array(split + classes) : pointOf(start))),
      options,
    );
    return results.map(({ point, value, iterations, converged }) => {
      return { ...modelAt(point, sizes.width, classes), iterations, converged, objective: value };
    });
  } finally {
    await crossEntropies.dispose();
  }
}

function weightsOf(fits: readonly OwnFit[], examples: number): Float32Array[] {
  return fits.map(({ exampleWeights = new Float32Array(examples).fill(1) }) => exampleWeights);
}

/** Mean cross-entropy plus penalty |W|^2 / 2, and its gradient. */
export async function penalised(crossEntropy: CrossEntropy, point: Float64Array, split: number, penalty: number) {
  return withPenalty(await crossEntropy.at(point), point, split, penalty);
}

function withPenalty({ value, gradient }: Evaluation, point: Float64Array, split: number, penalty: number): Evaluation {
  let squares = 0;
  for (let index = 0; index < split; index++) {
    const weight = point[index] ?? 0;
    squares += weight * weight;
    gradient[index] = (gradient[index] ?? 0) + penalty * weight;
  }
  return { value: value + (penalty * squares) / 2, gradient };
}

/** A point holds the weights class by class `[C, F]`, then the biases `[C]`. */
function modelAt(point: Float64Array, width: number, classes: number): Pick<LogisticRegression, 'weights' | 'biases'> {
  const split = width * classes;
  const weights = new Float32Array(split);
  for (let index = 0; index < split; index++) {
    weights[index] = point[(index % classes) * width + Math.floor(index / classes)] ?? 0;
  }
  return {
    weights: { shape: [width, classes], data: weights },
    biases: { shape: [classes], data: Float32Array.from(point.subarray(split)) },
  };
}

function pointOf({ weights, biases }: Pick<LogisticRegression, 'weights' | 'biases'>): Float64Array {
  const [width = 0, classes = 0] = weights.shape;
  const point = new Float64Array(width * classes + classes);
  for (let index = 0; index < width * classes; index++) {
    point[index] = weights.data[(index % width) * classes + Math.floor(index / width)] ?? 0;
  }
  point.set(biases.data, width * classes);
  return point;
}

/**
 * Log-odds of every class, up to a constant per example: their softmax is the model's probabilities.
 *
 * @param features - `[N, F]`, scaled as those of the fit.
 * @returns `[N, C]`; the caller owns it.
 * @throws {CpcArgumentError} if there are not F features per example, or one is not finite.
 *
 * @example
 * const predicted = classesOf(await logisticScores(model, features, engine));
 */
export async function logisticScores(
  { weights, biases }: Pick<LogisticRegression, 'weights' | 'biases'>,
  features: HostArray,
  engine: Engine,
): Promise<HostArray> {
  checkFeatures('logisticScores', features, weights.shape[0]);
  if (features.data.length * biases.data.length <= productsByLoops) return scoresByLoops({ weights, biases }, features);
  const specs = {
    weights: { shape: weights.shape, dtype: 'float32' },
    biases: { shape: biases.shape, dtype: 'float32' },
  } as const;
  const scores = await rowFunction(engine, features, specs, (rows, parameters) =>
    tf.add(tf.matMul(rows, parameters.weights as tf.Tensor2D), parameters.biases as tf.Tensor1D),
  );
  try {
    return await scores.run({ weights, biases });
  } finally {
    await scores.dispose();
  }
}

/** Up to so many products plain loops are done before an engine has prepared. */
const productsByLoops = 2 ** 23;

function scoresByLoops(
  { weights, biases }: Pick<LogisticRegression, 'weights' | 'biases'>,
  { shape, data }: HostArray,
): HostArray {
  const [rows = 0, width = 0] = shape;
  const classes = biases.data.length;
  const scores = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < classes; place++) {
      let sum = biases.data[place] ?? 0;
      for (let feature = 0; feature < width; feature++)
        sum += (data[row * width + feature] ?? 0) * (weights.data[feature * classes + place] ?? 0);
      scores[row * classes + place] = sum;
    }
  }
  return { shape: [rows, classes], data: scores };
}

const where = 'fitLogisticRegression';

function refuse(argument: string, expected: string, received: unknown): never {
  throw new CpcArgumentError({ where, argument, expected, received });
}

function checkedSizes(options: LogisticRegressionsOptions): ExampleSizes {
  const sizes = checkExamples(where, options);
  const { c = 1 } = options;
  if (!(c > 0)) refuse('c', 'c to be a number above 0', c);
  return sizes;
}

function checkOwn({ exampleWeights, start }: OwnFit, { examples, width }: ExampleSizes, classes: number): void {
  if (exampleWeights !== undefined && exampleWeights.length !== examples)
    refuse('exampleWeights', `${examples} weights, one per example`, `${exampleWeights.length} weights`);
  const strange = exampleWeights?.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight))) ?? -1;
  if (strange >= 0)
    refuse('exampleWeights', 'weights of at least 0', `${exampleWeights?.[strange]} at example ${strange}`);
  if (exampleWeights?.every((weight) => weight === 0))
    refuse('exampleWeights', 'an example that counts', 'only weights of 0');
  const shape = [width, classes];
  if (start !== undefined && start.weights.shape.join() !== shape.join())
    refuse('start', `a start with weights of shape [${shape.join(', ')}]`, start.weights.shape);
}
