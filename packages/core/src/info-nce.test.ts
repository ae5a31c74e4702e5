import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { excludedScore, infoNce, infoNcePerAnchor } from './info-nce.js';

beforeAll(() => tf.setBackend('cpu'));

/** Equation 4 as plain loops in double precision: -log of the positive's share of the exponentiated scores. */
function equationFour(scores: readonly (readonly number[])[]): number {
  let total = 0;
  for (const row of scores) {
    const largest = Math.max(...row);
    let sum = 0;
    for (const score of row) sum += Math.exp(score - largest);
    total += Math.log(sum) + largest - (row[0] ?? 0);
  }
  return total / scores.length;
}

function randomScores(anchors: number, candidates: number, spread: number): number[][] {
  const random = createRandom(anchors * 100 + candidates);
  return Array.from({ length: anchors }, () => Array.from({ length: candidates }, () => random.normal() * spread));
}

function lossOf(scores: number[][]): number {
  return tf.tidy(() => infoNce(tf.tensor2d(scores)).dataSync()[0] ?? Number.NaN);
}

describe('infoNce', () => {
  for (const candidates of [2, 4, 129]) {
    it(`equals ln ${candidates} when all ${candidates} candidates score the same`, () => {
      expect(lossOf(new Array(8).fill(new Array(candidates).fill(3)))).toBeCloseTo(Math.log(candidates), 5);
    });
  }

  it('equals ln(1 + e^-2) for a positive 2 above its only negative', () => {
    expect(lossOf([[2, 0]])).toBeCloseTo(Math.log1p(Math.exp(-2)), 6);
  });

  it('agrees with equation 4 written as plain loops, to 1e-5 nats, for spreads of 0.1 to 30', () => {
    for (const spread of [0.1, 1, 30]) {
      const scores = randomScores(7, 9, spread);
      expect(Math.abs(lossOf(scores) - equationFour(scores))).toBeLessThan(1e-5 * Math.max(1, spread));
    }
  });

  it('stays finite for scores of 1e4: 0 for the best positive, 2e4 for the worst', () => {
    expect(lossOf([[1e4, -1e4]])).toBe(0);
    expect(lossOf([[-1e4, 1e4]])).toBeCloseTo(2e4, 0);
  });

  it('leaves excluded candidates out: ln 3 for three equal ones beside five excluded', () => {
    const scores = [[1, 1, 1, ...new Array<number>(5).fill(1 + excludedScore)]];
    expect(lossOf(scores)).toBeCloseTo(Math.log(3), 5);
  });

  it('has the gradient softmax minus one-hot over N, which finite differences confirm to 1e-3', () => {
    const scores = randomScores(3, 4, 1);
    const gradient = tf.tidy(
      () =>
        tf
          .grad((x: tf.Tensor) => infoNce(x as tf.Tensor2D))(tf.tensor2d(scores))
          .arraySync() as number[][],
    );
    const step = 1e-4;
    for (const [row, values] of scores.entries()) {
      for (const column of values.keys()) {
        const moved = (by: number) =>
          scores.map((line, i) => line.map((value, j) => (i === row && j === column ? value + by : value)));
        const difference = (equationFour(moved(step)) - equationFour(moved(-step))) / (2 * step);
        expect(Math.abs((gradient[row]?.[column] ?? Number.NaN) - difference)).toBeLessThan(1e-3 * 0.34);
      }
    }
  });

  it('gives one loss per anchor whose mean is the loss', () => {
    const scores = tf.tensor2d(randomScores(5, 6, 2));
    const each = infoNcePerAnchor(scores);
    expect(each.shape).toEqual([5]);
    expect(tf.mean(each).dataSync()[0]).toBeCloseTo(infoNce(scores).dataSync()[0] ?? 0, 6);
    tf.disposeVariables();
  });

  it('leaves one tensor behind: the loss', () => {
    const scores = tf.zeros([8, 4]) as tf.Tensor2D;
    const before = tf.memory().numTensors;
    const loss = infoNce(scores);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([loss, scores]);
  });

  it('rejects a line-up with no negatives, naming the sampler option', () => {
    expect(() => infoNce(tf.zeros([8, 1]))).toThrow(/M >= 2.*received \[8, 1\].*count of the sampler/);
  });
});
