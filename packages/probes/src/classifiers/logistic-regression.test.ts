import { execFileSync } from 'node:child_process';
import { createRandom } from '@cpc/base';
import type { Engine } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatherRows } from '../examples/examples.js';
import { classesOf } from '../statistics/metrics.js';
import { fitLogisticRegression, fitLogisticRegressions, logisticScores } from './logistic-regression.js';
import { measureScale, standardise } from './standardise.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

/** Three overlapping clouds in four dimensions. */
function clouds(examples: number) {
  const random = createRandom(2);
  const labels = Int32Array.from({ length: examples }, (_, index) => index % 3);
  const data = Float32Array.from({ length: examples * 4 }, (_, index) => {
    const label = labels[Math.floor(index / 4)] ?? 0;
    return random.normal() + (index % 4 === label ? 1.5 : 0) + (index % 4 === 3 ? 0.3 * label : 0);
  });
  return { features: { shape: [examples, 4], data }, labels };
}

/** Coefficients that scikit-learn finds; undefined where Python lacks it. */
function scikitLearn(
  features: Float32Array,
  labels: Int32Array,
  c: number,
): { weights: number[][]; biases: number[] } | undefined {
  const program = `
import json, sys, numpy as np
from sklearn.linear_model import LogisticRegression
given = json.load(sys.stdin)
model = LogisticRegression(C=given['c'], tol=1e-8, max_iter=2000).fit(np.array(given['x'], dtype=np.float64).reshape(-1, 4), given['y'])
print(json.dumps({'weights': model.coef_.T.tolist(), 'biases': model.intercept_.tolist()}))`;
  try {
    const input = JSON.stringify({ x: [...features], y: [...labels], c });
    return JSON.parse(
      execFileSync('python3', ['-c', program], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }),
    );
  } catch {
    return undefined;
  }
}

describe('fitLogisticRegression', () => {
  it('finds the log-odds ln 3 of a class that is three times as frequent, when features say nothing', async () => {
    const labels = Int32Array.from([0, 0, 0, 1]);
    const { biases, weights } = await fitLogisticRegression({
      features: { shape: [4, 1], data: new Float32Array(4) },
      labels,
      classes: 2,
      engine,
      gradientTolerance: 1e-7,
    });
    expect((biases.data[0] ?? 0) - (biases.data[1] ?? 0)).toBeCloseTo(Math.log(3), 3);
    expect(Math.max(...weights.data.map(Math.abs))).toBeLessThan(1e-6);
  });

  const { features, labels } = clouds(600);
  const reference = scikitLearn(features.data, labels, 0.5);
  it.skipIf(reference === undefined)(
    'agrees with scikit-learn to 1e-3 in every weight at C = 0.5 (skipped where python3 has no scikit-learn)',
    async () => {
      const model = await fitLogisticRegression({
        features,
        labels,
        classes: 3,
        c: 0.5,
        engine,
        gradientTolerance: 1e-6,
      });
      for (const [index, weight] of model.weights.data.entries()) {
        expect(Math.abs(weight - (reference?.weights[Math.floor(index / 3)]?.[index % 3] ?? Number.NaN))).toBeLessThan(
          1e-3,
        );
      }
      const shift = (model.biases.data[0] ?? 0) - (reference?.biases[0] ?? 0); // biases are free up to a common constant
      for (const [index, bias] of model.biases.data.entries())
        expect(Math.abs(bias - shift - (reference?.biases[index] ?? 0))).toBeLessThan(1e-3);
    },
  );

  it('ends where its own objective is flat: no weight moved by 1e-2 lowers it', async () => {
    const model = await fitLogisticRegression({ features, labels, classes: 3, engine, gradientTolerance: 1e-6 });
    const objective = (weights: Float32Array) => penalised(features.data, labels, weights, model.biases.data, 1);
    expect(model.objective).toBeCloseTo(objective(model.weights.data), 5);
    for (const index of model.weights.data.keys()) {
      for (const by of [-0.01, 0.01]) {
        const moved = model.weights.data.slice();
        moved[index] = (moved[index] ?? 0) + by;
        expect(objective(moved)).toBeGreaterThan(model.objective);
      }
    }
  });

  it('tells three separate clouds apart without a mistake', async () => {
    const apart = {
      shape: features.shape,
      data: features.data.map((value, index) => (index % 4 === labels[Math.floor(index / 4)] ? 20 + value : value)),
    };
    const model = await fitLogisticRegression({ features: apart, labels, classes: 3, engine });
    expect(classesOf(await logisticScores(model, apart, engine))).toEqual(labels);
  });

  it('ends at the same minimum from another fit, in fewer iterations than from zero', async () => {
    const fit = { features, labels, classes: 3, engine, gradientTolerance: 1e-6 };
    const weaker = await fitLogisticRegression({ ...fit, c: 2 });
    const cold = await fitLogisticRegression({ ...fit, c: 1 });
    const warm = await fitLogisticRegression({ ...fit, c: 1, start: weaker });
    expect(warm.iterations).toBeLessThan(cold.iterations);
    for (const [index, weight] of warm.weights.data.entries())
      expect(weight).toBeCloseTo(cold.weights.data[index] ?? 0, 4);
    const again = await fitLogisticRegression({ ...fit, c: 1, gradientTolerance: 1e-5, start: cold });
    expect(again.iterations).toBe(0);
    expect(again.weights).toEqual(cold.weights);
  });

  it('fits as if an example of weight 3 stood there three times', async () => {
    const rows = [...labels.keys()].flatMap((row) => (row % 2 === 0 ? [row, row, row] : [row]));
    const repeated = {
      features: gatherRows(features, rows),
      labels: Int32Array.from(rows, (row) => labels[row] ?? 0),
    };
    const fit = { classes: 3, engine, c: 0.5, gradientTolerance: 1e-6 };
    const byCopies = await fitLogisticRegression({ ...fit, ...repeated });
    const exampleWeights = Float32Array.from(labels, (_, row) => (row % 2 === 0 ? 3 : 1));
    const byWeights = await fitLogisticRegression({ ...fit, features, labels, exampleWeights });
    expect(byWeights.objective).toBeCloseTo(byCopies.objective, 6);
    for (const [i, weight] of byWeights.weights.data.entries())
      expect(weight).toBeCloseTo(byCopies.weights.data[i] ?? 0, 4);
  });

  it('refuses weights below 0, weights that are all 0, and a start of another shape', async () => {
    const fit = { features, labels, classes: 3, engine };
    const exampleWeights = new Float32Array(600);
    await expect(fitLogisticRegression({ ...fit, exampleWeights })).rejects.toThrow(/an example that counts/);
    exampleWeights[7] = -1;
    await expect(fitLogisticRegression({ ...fit, exampleWeights })).rejects.toThrow(/at least 0.*-1 at example 7/);
    const start = {
      weights: { shape: [3, 3], data: new Float32Array(9) },
      biases: { shape: [3], data: new Float32Array(3) },
    };
    await expect(fitLogisticRegression({ ...fit, start })).rejects.toThrow(/\[4, 3\], received \[3, 3\]/);
  });

  it('refuses a label of 3 where there are 3 classes, naming the example, and a feature that is NaN', async () => {
    const wrong = labels.slice();
    wrong[17] = 3;
    await expect(fitLogisticRegression({ features, labels: wrong, classes: 3, engine })).rejects.toThrow(
      /0 to 2.*3 at example 17/,
    );
    const strange = { shape: features.shape, data: features.data.slice() };
    strange.data[42] = Number.NaN;
    await expect(fitLogisticRegression({ features: strange, labels, classes: 3, engine })).rejects.toThrow(
      /finite.*example 10/,
    );
  });
});

describe('logisticScores', () => {
  it('are the products of all 10,000 rows, which pass in 3 blocks, to 1e-5', async () => {
    const { features, labels } = clouds(10_000);
    const model = await fitLogisticRegression({ features, labels, classes: 3, engine });
    const scores = await logisticScores(model, features, engine);
    expect(scores.shape).toEqual([10_000, 3]);
    for (const [index, score] of scores.data.entries()) {
      const [row, k] = [Math.floor(index / 3), index % 3];
      let product = model.biases.data[k] ?? 0;
      for (const f of [0, 1, 2, 3]) product += (features.data[row * 4 + f] ?? 0) * (model.weights.data[f * 3 + k] ?? 0);
      if (!(Math.abs(score - product) < 1e-5)) expect(score, `row ${row}, class ${k}`).toBeCloseTo(product, 5);
    }
  });

  it('refuses 3 features where the model was fitted to 4', async () => {
    const { features, labels } = clouds(60);
    const model = await fitLogisticRegression({ features, labels, classes: 3, engine });
    const narrow = { shape: [80, 3], data: features.data };
    await expect(logisticScores(model, narrow, engine)).rejects.toThrow(/4 features per example.*received \[80, 3\]/);
  });
});

/** Mean cross-entropy plus |W|^2 / (2 c N), with plain loops. */
function penalised(
  data: Float32Array,
  labels: Int32Array,
  weights: Float32Array,
  biases: Float32Array,
  c: number,
): number {
  let total = 0;
  for (const [example, label] of labels.entries()) {
    const scores = Array.from(biases, (bias, k) =>
      [0, 1, 2, 3].reduce((sum, f) => sum + (data[example * 4 + f] ?? 0) * (weights[f * 3 + k] ?? 0), bias),
    );
    total += Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - (scores[label] ?? 0);
  }
  return total / labels.length + weights.reduce((sum, weight) => sum + weight * weight, 0) / (2 * c * labels.length);
}

describe('standardise', () => {
  it('gives mean 0 and deviation 1 per feature, and leaves a constant feature at 0', () => {
    const data = Float32Array.from([1, 5, 7, 3, 5, 9, 5, 5, 14]);
    const features = { shape: [3, 3], data };
    const scaled = standardise(features, measureScale(features)).data;
    for (const feature of [0, 2]) {
      const column = [scaled[feature] ?? 0, scaled[feature + 3] ?? 0, scaled[feature + 6] ?? 0];
      expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
      expect(column.reduce((sum, value) => sum + value * value, 0) / 3).toBeCloseTo(1, 5);
    }
    expect([scaled[1], scaled[4], scaled[7]]).toEqual([0, 0, 0]);
  });
});

describe('fitLogisticRegressions', () => {
  const { features, labels } = clouds(90);
  const shared = { features, labels, classes: 3, c: 0.5, gradientTolerance: 1e-6 };
  /** Every third example held out in turn. */
  const fits = [0, 1, 2].map((fold) => ({
    exampleWeights: Float32Array.from(labels, (_, row) => (Math.floor(row / 3) % 3 === fold ? 0 : 1)),
  }));

  it('finds at once, to 1e-4, what 3 fits to the examples that count find one by one', async () => {
    const together = await fitLogisticRegressions({ ...shared, fits, engine });
    expect(together).toHaveLength(3);
    for (const [fold, { exampleWeights }] of fits.entries()) {
      const rows = [...labels.keys()].filter((row) => exampleWeights[row] === 1);
      const own = { features: gatherRows(features, rows), labels: Int32Array.from(rows, (row) => labels[row] ?? 0) };
      const alone = await fitLogisticRegression({ ...shared, ...own, engine });
      expect(together[fold]?.objective).toBeCloseTo(alone.objective, 6);
      for (const [index, weight] of alone.weights.data.entries())
        expect(Math.abs((together[fold]?.weights.data[index] ?? Number.NaN) - weight)).toBeLessThan(1e-4);
    }
  });

  it('takes 0 iterations from where it ended, and gives no model for no fit', async () => {
    const before = await fitLogisticRegressions({ ...shared, fits, engine });
    const again = fits.map((fit, index) => ({ ...fit, ...(before[index] && { start: before[index] }) }));
    const after = await fitLogisticRegressions({ ...shared, gradientTolerance: 1e-4, fits: again, engine });
    expect(after.map(({ iterations }) => iterations)).toEqual([0, 0, 0]);
    expect(await fitLogisticRegressions({ ...shared, fits: [], engine })).toEqual([]);
  });

  it('refuses a second fit of 2 weights for 90 examples', async () => {
    const wrong = [...fits.slice(0, 1), { exampleWeights: Float32Array.of(1, 1) }];
    await expect(fitLogisticRegressions({ ...shared, fits: wrong, engine })).rejects.toThrow(
      /90 weights, one per example, received 2 weights/,
    );
  });
});

it('logisticScores of 3,000 rows, which an engine computes, are those of 30, which plain loops do, to 1e-4', async () => {
  const random = createRandom(8);
  const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
  const [width, classes] = [500, 6];
  const model = {
    weights: { shape: [width, classes], data: normals(width * classes) },
    biases: { shape: [classes], data: normals(classes) },
  };
  const features = { shape: [3000, width], data: normals(3000 * width) };
  const all = await logisticScores(model, features, engine);
  expect(all.shape).toEqual([3000, classes]);
  const rows = Array.from({ length: 30 }, (_, index) => 100 * index);
  const some = await logisticScores(model, gatherRows(features, rows), engine);
  for (const [place, row] of rows.entries())
    for (let k = 0; k < classes; k++)
      expect(
        Math.abs((some.data[place * classes + k] ?? Number.NaN) - (all.data[row * classes + k] ?? 0)),
      ).toBeLessThan(1e-4);
});
