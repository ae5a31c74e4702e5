import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { contrastiveLoss } from './contrastive-loss.js';
import { initialisePredictors, type PredictorShape, predict } from './predictors.js';

const shape: PredictorShape = { offsets: [1, 3], contextSize: 64, latentSize: 50 };
const predictors = (scale?: number) =>
  initialisePredictors(scale === undefined ? shape : { ...shape, scale }, createRandom(1));

describe('initialisePredictors', () => {
  it('makes a matrix of its own for each of 2 offsets, of deviation sqrt(1 / 64)', () => {
    const { step1, step3 } = predictors();
    expect([step1?.shape, step3?.shape]).toEqual([
      [64, 50],
      [64, 50],
    ]);
    expect(step1?.data).not.toEqual(step3?.data);
    const meanSquare = Array.from(step1?.data ?? []).reduce((sum, weight) => sum + weight ** 2, 0) / 3200;
    expect(Math.sqrt(meanSquare) / Math.sqrt(1 / 64)).toBeCloseTo(1, 1);
  });

  it('scales every weight by 0.5', () => {
    expect(predictors(0.5).step3?.data).toEqual(predictors().step3?.data.map((weight) => 0.5 * weight));
  });

  it('starts at a loss of ln 6 and no hits with a scale of 0, for any latents', () => {
    const random = createRandom(2);
    const noise = (...sizes: [number, number, number]) =>
      tf.tensor(
        Float32Array.from({ length: sizes.reduce((a, b) => a * b) }, () => 10 * random.normal()),
        sizes,
      ) as tf.Tensor3D;
    const { step1 } = predictors(0);
    const { loss, accuracyPerStep } = contrastiveLoss({
      latents: noise(2, 5, 50),
      contexts: noise(2, 5, 64),
      predictors: { step1: tf.tensor(step1?.data ?? [], [64, 50]) },
      offsets: [1],
      candidates: tf.tensor2d([0, 5, 0, 5, 0], [1, 5], 'int32'), // positions that are nobody's future
    });
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(6), 6);
    expect(accuracyPerStep.dataSync()[0]).toBe(0);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a scale of %s', (scale) => {
    expect(() => predictors(scale)).toThrow(/a scale of at least 0/);
  });
});

describe('predict', () => {
  it('refuses offset 2 where there are predictors for 1 and 3', () => {
    expect(() => predict({}, tf.zeros([1, 64]), 2)).toThrow(/no predictor for offset 2/);
  });
});
