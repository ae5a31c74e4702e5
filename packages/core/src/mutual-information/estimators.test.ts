import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { HostArray } from '../parameter-tree.js';
import {
  type CorrelatedGaussians,
  drawPairs,
  gaussianInformation,
  gaussiansOfInformation,
  logDensityRatios,
} from './correlated-gaussians.js';
import { infoNceEstimator, informationEstimators, jensenShannonEstimator, nwjEstimator } from './estimators.js';

const squareOf = ({ shape, data }: HostArray) => tf.tensor2d(data, shape as [number, number]);
const numberOf = (tensor: tf.Scalar) => tensor.dataSync()[0] ?? Number.NaN;

const random = createRandom(1);
const noise = (count: number, scale: number) =>
  tf.tensor2d(
    Float32Array.from({ length: count * count }, () => scale * random.normal()),
    [count, count],
  );

/** Mean and standard error over batches of 64 pairs of an estimate from the analytic log ratio. */
function analytic(gaussians: CorrelatedGaussians, batches: number, estimate: (scores: tf.Tensor2D) => tf.Scalar) {
  const values = Array.from({ length: batches }, (_, batch) => {
    const pairs = drawPairs(gaussians, 64, createRandom(2).fold(batch));
    return tf.tidy(() => numberOf(estimate(squareOf(logDensityRatios(gaussians, pairs)))));
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / batches;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (batches - 1);
  return { mean, error: Math.sqrt(variance / batches), values };
}

describe('infoNceEstimator', () => {
  it('is 0 for equal scores and ln 8 for perfect ones of 8 pairs', () => {
    expect(numberOf(infoNceEstimator.estimate(tf.zeros([8, 8])))).toBeCloseTo(0, 6);
    expect(numberOf(infoNceEstimator.estimate(tf.mul(tf.eye(8), 1e4)))).toBeCloseTo(Math.log(8), 6);
  });

  it('is never above ln N: 300 squares of random scores, and the analytic critic at 12 nats of information', () => {
    for (const count of [2, 7, 32]) {
      for (const scale of [0.1, 3, 1e3]) {
        for (let draw = 0; draw < 33; draw++) {
          const estimate = tf.tidy(() => numberOf(infoNceEstimator.estimate(noise(count, scale))));
          expect(estimate).toBeLessThanOrEqual(Math.log(count) + 1e-6);
        }
      }
    }
    const rich = gaussiansOfInformation({ dimensions: 8, informationNats: 12 });
    const { values, mean } = analytic(rich, 20, infoNceEstimator.estimate);
    expect(Math.max(...values)).toBeLessThanOrEqual(Math.log(64) + 1e-6);
    expect(mean).toBeGreaterThan(Math.log(64) - 0.05);
  });

  it('does not change when a function of x alone is added to the scores', () => {
    const scores = noise(6, 2);
    const shifted = tf.add<tf.Tensor2D>(scores, tf.tensor2d([5, -3, 0, 7, 1, -9], [6, 1]));
    expect(numberOf(infoNceEstimator.estimate(shifted))).toBeCloseTo(numberOf(infoNceEstimator.estimate(scores)), 5);
  });

  it('is within 0.05 nat of 1 nat with the analytic critic and 64 pairs', () => {
    const { mean } = analytic(
      gaussiansOfInformation({ dimensions: 3, informationNats: 1 }),
      200,
      infoNceEstimator.estimate,
    );
    expect(Math.abs(mean - 1)).toBeLessThan(0.05);
  });
});

describe('nwjEstimator and jensenShannonEstimator', () => {
  const gaussians = gaussiansOfInformation({ dimensions: 2, informationNats: 1 });

  it('are the truth in expectation with the analytic critic: within 4 standard errors of 1 nat, each below 0.04', () => {
    const nwj = analytic(gaussians, 600, (scores) => nwjEstimator.estimate(tf.add(scores, 1)));
    const jensenShannon = analytic(gaussians, 600, jensenShannonEstimator.estimate);
    for (const { mean, error } of [nwj, jensenShannon]) {
      expect(error).toBeLessThan(0.04);
      expect(Math.abs(mean - gaussianInformation(gaussians))).toBeLessThan(4 * error);
    }
  });

  it('agree with their formulas written as loops, to 1e-5, for 5 pairs', () => {
    const scores = noise(5, 1.5);
    const f = scores.arraySync();
    const [own, others] = [f.map((row, i) => row[i] ?? 0), f.flatMap((row, i) => row.filter((_, j) => j !== i))];
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const softplus = (value: number) => Math.log1p(Math.exp(value));
    const nwj = mean(own) - mean(others.map((score) => Math.exp(score - 1)));
    expect(numberOf(nwjEstimator.estimate(scores))).toBeCloseTo(nwj, 5);
    const objective = -mean(own.map((score) => softplus(-score))) - mean(others.map(softplus));
    expect(numberOf(jensenShannonEstimator.objective(scores))).toBeCloseTo(objective, 5);
    const readOff = mean(own) + 1 - mean(others.map((score) => Math.exp(score)));
    expect(numberOf(jensenShannonEstimator.estimate(scores))).toBeCloseTo(readOff, 5);
  });

  it('stay finite where own scores are 200 and others -200', () => {
    const scores = tf.sub<tf.Tensor2D>(tf.mul(tf.eye(4), 400), 200);
    expect(numberOf(nwjEstimator.estimate(scores))).toBeCloseTo(200, 3);
    expect(numberOf(jensenShannonEstimator.objective(scores))).toBeCloseTo(0, 6);
  });
});

describe.each(informationEstimators)('$name', ({ objective }) => {
  it('has the gradient of finite differences, to 2e-3 relative, for 4 pairs', () => {
    const scores = noise(4, 1);
    const gradient = tf
      .grad((values) => objective(values as tf.Tensor2D))(scores)
      .dataSync();
    const values = Float32Array.from(scores.dataSync());
    const at = (index: number, shift: number) => {
      const moved = values.map((value, place) => (place === index ? value + shift : value));
      return numberOf(objective(tf.tensor2d(moved, [4, 4])));
    };
    for (const [index, exact] of gradient.entries()) {
      expect(Math.abs((at(index, 1e-2) - at(index, -1e-2)) / 2e-2 - exact)).toBeLessThan(2e-3);
    }
  });

  it('leaves one tensor behind', () => {
    const scores = tf.zeros<tf.Rank.R2>([3, 3]);
    const before = tf.memory().numTensors;
    objective(scores);
    expect(tf.memory().numTensors - before).toBe(1);
  });

  it('refuses scores of 3 with 4, and of a single pair', () => {
    expect(() => objective(tf.zeros([3, 4]))).toThrow(/\[N, N\] with N >= 2.*received \[3, 4\]/);
    expect(() => objective(tf.zeros([1, 1]))).toThrow(/N >= 2/);
  });
});
