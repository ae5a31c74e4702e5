import { execFileSync, spawnSync } from 'node:child_process';
import { createRandom } from '@cpc/base';
import type { Engine, HostArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { classesOf } from '../statistics/metrics.js';
import { fitNearestNeighbours, type NearestNeighbours, neighbourScores } from './nearest-neighbours.js';

let engine: Engine;
let cpu: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
  cpu = await createEngine({ name: 'cpu' });
});

const table = (rows: readonly (readonly number[])[]): HostArray => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
});

function normals(rows: number, width: number, seed: number): HostArray {
  const random = createRandom(seed);
  return { shape: [rows, width], data: Float32Array.from({ length: rows * width }, () => random.normal()) };
}

/** Sorts all training examples by cosine, in double precision, and lets the first k vote. */
function byLoops(
  { features, labels }: { features: HostArray; labels: Int32Array },
  model: NearestNeighbours,
  row: Float32Array,
) {
  const [, width = 0] = features.shape;
  const length = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const neighbours = Array.from(labels, (label, example) => {
    const other = features.data.subarray(example * width, (example + 1) * width);
    const product = other.reduce((sum, value, f) => sum + value * (row[f] ?? 0), 0);
    return { label, similarity: product / (length(other) * length(row)) };
  });
  neighbours.sort((left, right) => right.similarity - left.similarity);
  const votes = new Array<number>(model.classes).fill(0);
  for (const { label, similarity } of neighbours.slice(0, model.k)) {
    votes[label] = (votes[label] ?? 0) + Math.exp(similarity / model.temperature);
  }
  const total = votes.reduce((sum, vote) => sum + vote, 0);
  return votes.map((vote) => vote / total);
}

describe('neighbourScores', () => {
  it('are 1 to exp(-1/T) for a neighbour ahead and one at a right angle, and do not see lengths', async () => {
    const features = table([
      [7, 0],
      [0, 0.01],
    ]);
    const model = fitNearestNeighbours({ features, labels: Int32Array.of(1, 0), classes: 3, k: 2, temperature: 0.5 });
    const { data } = await neighbourScores(model, table([[3, 0]]), engine);
    const total = 1 + Math.exp(-2);
    for (const [index, share] of [Math.exp(-2) / total, 1 / total, 0].entries())
      expect(data[index]).toBeCloseTo(share, 6);
  });

  it('gives an example its own class with k = 1', async () => {
    const features = normals(300, 6, 1);
    const labels = Int32Array.from({ length: 300 }, (_, row) => row % 7);
    const model = fitNearestNeighbours({ features, labels, classes: 7, k: 1 });
    expect(classesOf(await neighbourScores(model, features, engine))).toEqual(labels);
  });

  it.each([1, 200, 9000])(
    'agrees with all cosines sorted in plain loops, over 3 blocks of training examples and 2 of others, k = %i',
    async (k) => {
      const features = normals(20_000, 5, 2);
      const random = createRandom(3);
      const labels = Int32Array.from({ length: 20_000 }, () => random.integer(4));
      const model = fitNearestNeighbours({ features, labels, classes: 4, k });
      const asked = normals(300, 5, 4);
      const scores = await neighbourScores(model, asked, engine);
      expect(scores.shape).toEqual([300, 4]);
      for (const row of [0, 149, 150, 299]) {
        const expected = byLoops({ features, labels }, model, asked.data.subarray(row * 5, row * 5 + 5));
        for (const [label, share] of expected.entries()) expect(scores.data[row * 4 + label]).toBeCloseTo(share, 4);
      }
    },
  );

  it('agrees between engines onnx and cpu to 1e-5', async () => {
    const features = normals(500, 8, 5);
    const labels = Int32Array.from({ length: 500 }, (_, row) => row % 3);
    const model = fitNearestNeighbours({ features, labels, classes: 3, k: 20 });
    const [one, other] = [
      await neighbourScores(model, normals(40, 8, 6), engine),
      await neighbourScores(model, normals(40, 8, 6), cpu),
    ];
    for (const [index, share] of one.data.entries())
      expect(Math.abs(share - (other.data[index] ?? 0))).toBeLessThan(1e-5);
  });

  it('takes the first of equally similar examples, also across blocks, and counts a zero vector as similarity 0', async () => {
    const rows = 20_000;
    const data = new Float32Array(rows * 2);
    for (let row = 0; row < rows; row++) data[2 * row + 1] = 1; // all alike
    const labels = Int32Array.from({ length: rows }, (_, row) => (row < 3 ? 0 : row < 10_000 ? 1 : 2));
    const model = fitNearestNeighbours({ features: { shape: [rows, 2], data }, labels, classes: 3, k: 5 });
    const { data: shares } = await neighbourScores(
      model,
      table([
        [0, 1],
        [1, 0],
        [0, 0],
      ]),
      engine,
    );
    for (const row of [0, 1, 2]) {
      expect(shares[3 * row]).toBeCloseTo(3 / 5, 6);
      expect(shares[3 * row + 1]).toBeCloseTo(2 / 5, 6);
    }
  });

  it('never lets what fills a block up vote, though all examples point away', async () => {
    const features = { shape: [8193, 1], data: new Float32Array(8193).fill(-1) }; // the second block is one short
    const labels = new Int32Array(8193).fill(1);
    const model = fitNearestNeighbours({ features, labels, classes: 2, k: 10 });
    const { data } = await neighbourScores(model, table([[1]]), engine);
    expect([...data]).toEqual([0, 1]);
  });

  it('stays finite and adds up to 1 at a temperature of 1e-4, where exp(similarity / T) would be infinite', async () => {
    const features = normals(100, 3, 7);
    const labels = Int32Array.from({ length: 100 }, (_, row) => row % 5);
    const model = fitNearestNeighbours({ features, labels, classes: 5, temperature: 1e-4 });
    const { data } = await neighbourScores(model, normals(50, 3, 8), engine);
    for (let row = 0; row < 50; row++) {
      expect(data.subarray(row * 5, row * 5 + 5).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
  });

  it('leaves no tensor behind on an eager engine', async () => {
    const model = fitNearestNeighbours({ features: normals(20, 3, 1), labels: new Int32Array(20), classes: 2 });
    await neighbourScores(model, normals(5, 3, 2), cpu);
    const before = tf.memory().numTensors;
    await neighbourScores(model, normals(5, 3, 2), cpu);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses 4 features where the training examples have 3', async () => {
    const model = fitNearestNeighbours({ features: normals(20, 3, 1), labels: new Int32Array(20), classes: 2 });
    await expect(neighbourScores(model, normals(5, 4, 2), engine)).rejects.toThrow(/3 features per example.*\[5, 4\]/);
  });
});

describe('fitNearestNeighbours', () => {
  const examples = { features: normals(20, 3, 1), labels: new Int32Array(20), classes: 2 };

  it('lets 200 vote, or all of 20 examples, at temperature 0.1', () => {
    expect(fitNearestNeighbours(examples)).toMatchObject({ k: 20, temperature: 0.1 });
    const many = { ...examples, features: normals(300, 3, 1), labels: new Int32Array(300) };
    expect(fitNearestNeighbours(many).k).toBe(200);
  });

  it('refuses k of 21 where there are 20 examples, a temperature of 0, and a label that is no class', () => {
    expect(() => fitNearestNeighbours({ ...examples, k: 21 })).toThrow(/k from 1 to 20.*received 21/);
    expect(() => fitNearestNeighbours({ ...examples, temperature: 0 })).toThrow(/temperature above 0/);
    expect(() => fitNearestNeighbours({ ...examples, labels: new Int32Array(20).fill(2) })).toThrow(
      /0 to 1.*2 at example 0/,
    );
  });
});

const probe = spawnSync('python3', ['-c', 'import sklearn.neighbors'], { encoding: 'utf8' });
const reason = probe.status === 0 ? '' : ' (skipped: python3 cannot import sklearn.neighbors)';

describe.skipIf(probe.status !== 0)(`scikit-learn${reason}`, () => {
  it('gives the same shares to 1e-4, with cosine distance and weights exp((1 - distance) / T)', async () => {
    const features = normals(400, 6, 9);
    const random = createRandom(10);
    const labels = Int32Array.from({ length: 400 }, () => random.integer(5));
    const asked = normals(30, 6, 11);
    const program = `
import json, sys, numpy as np
from sklearn.neighbors import KNeighborsClassifier
given = json.load(sys.stdin)
model = KNeighborsClassifier(25, metric='cosine', algorithm='brute', weights=lambda distance: np.exp((1 - distance) / 0.2))
model.fit(np.array(given['x']).reshape(-1, 6), given['y'])
print(json.dumps(model.predict_proba(np.array(given['asked']).reshape(-1, 6)).ravel().tolist()))`;
    const input = JSON.stringify({ x: [...features.data], y: [...labels], asked: [...asked.data] });
    const theirs: number[] = JSON.parse(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }));
    const model = fitNearestNeighbours({ features, labels, classes: 5, k: 25, temperature: 0.2 });
    const { data } = await neighbourScores(model, asked, engine);
    expect(theirs).toHaveLength(150);
    for (const [index, share] of theirs.entries()) expect(Math.abs((data[index] ?? 0) - share)).toBeLessThan(1e-4);
  });
});
