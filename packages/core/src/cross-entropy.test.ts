import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { labelledCrossEntropy } from './cross-entropy.js';

const lossOf = (scores: number[][], labels: number[]) =>
  tf.tidy(() => labelledCrossEntropy(tf.tensor2d(scores), tf.tensor1d(labels, 'int32')).dataSync()[0] ?? Number.NaN);

/** `[N][C]` normal scores. */
function drawn(rows: number, classes: number): number[][] {
  const random = createRandom(5);
  return Array.from({ length: rows }, () => Array.from({ length: classes }, () => 2 * random.normal()));
}

/** The definition, in plain loops. */
function byLoops(scores: number[][], labels: number[]): number {
  let sum = 0;
  let count = 0;
  for (const [row, label] of labels.entries()) {
    if (label < 0) continue;
    const odds = (scores[row] ?? []).map((score) => Math.exp(score));
    sum -= Math.log((odds[label] ?? 0) / odds.reduce((total, one) => total + one, 0));
    count += 1;
  }
  return sum / count;
}

describe('cross-entropy of labelled positions', () => {
  it('is ln C where all scores are equal: ln 2, ln 5 and ln 41', () => {
    for (const classes of [2, 5, 41])
      expect(lossOf([Array(classes).fill(3), Array(classes).fill(-1)], [classes - 1, 0])).toBeCloseTo(
        Math.log(classes),
        6,
      );
  });

  it('agrees with plain loops to 1e-6 over 12 positions, 5 of them without a label', () => {
    const scores = drawn(12, 4);
    const labels = [0, -1, 3, 2, -1, -1, 1, 1, -1, 0, 3, -1];
    expect(lossOf(scores, labels)).toBeCloseTo(byLoops(scores, labels), 6);
  });

  it('is the same to the last bit whatever 2 unlabelled positions score, and they get a gradient of 0', () => {
    const [first = [], second = [], third = [], fourth = []] = drawn(4, 3);
    const labels = [1, -1, 2, -1];
    expect(lossOf([first, second, third, fourth], labels)).toBe(
      lossOf([first, [1e4, 0, -1e4], third, [7, 7, 7]], labels),
    );
    const gradient = tf.tidy(() =>
      tf
        .grad((scores: tf.Tensor) => labelledCrossEntropy(scores, tf.tensor1d(labels, 'int32')))(
          tf.tensor2d([first, second, third, fourth]),
        )
        .arraySync(),
    ) as number[][];
    for (const row of [1, 3]) expect(gradient[row]?.map(Math.abs)).toEqual([0, 0, 0]);
    expect(gradient[0]?.[1]).toBeLessThan(0);
  });

  it('is 0 with a gradient of 0 where none of 3 positions has a label', () => {
    expect(Math.abs(lossOf(drawn(3, 2), [-1, -1, -1]))).toBe(0);
    const scores = tf.tensor2d(drawn(3, 2));
    const gradient = tf.grad((x: tf.Tensor) => labelledCrossEntropy(x, tf.tensor1d([-1, -1, -1], 'int32')))(scores);
    expect(Array.from(gradient.dataSync()).every((value) => value === 0)).toBe(true);
  });

  it('has the gradient of its finite differences to 1e-3, over [2, 3, 4] scores', () => {
    const scores = drawn(6, 4).flat();
    const labels = tf.tensor2d([0, -1, 3, 2, 2, 1], [2, 3], 'int32');
    const gradient = tf
      .grad((x: tf.Tensor) => labelledCrossEntropy(x, labels))(tf.tensor3d(scores, [2, 3, 4]))
      .dataSync();
    const rows = (values: number[]) => Array.from({ length: 6 }, (_, row) => values.slice(4 * row, 4 * row + 4));
    for (const index of scores.keys()) {
      const moved = (by: number) =>
        byLoops(rows(scores.map((score, at) => (at === index ? score + by : score))), [0, -1, 3, 2, 2, 1]);
      expect(Math.abs((gradient[index] ?? 0) - (moved(1e-5) - moved(-1e-5)) / 2e-5)).toBeLessThan(1e-3);
    }
  });

  it('stays finite for scores of 1e4: 2e4 nats where the label has the lowest, 0 where it has the highest', () => {
    expect(lossOf([[1e4, -1e4]], [1])).toBeCloseTo(2e4, 0);
    expect(Math.abs(lossOf([[1e4, -1e4]], [0]))).toBe(0);
  });

  it('leaves one tensor behind: the loss', () => {
    const [scores, labels] = [tf.zeros([3, 2]), tf.tensor1d([0, 1, -1], 'int32')];
    const before = tf.memory().numTensors;
    const loss = labelledCrossEntropy(scores, labels);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([scores, labels, loss]);
  });

  it('refuses 2 labels for 3 positions, and a single class', () => {
    expect(() => lossOf(drawn(3, 4), [0, 1])).toThrow(/labels of shape \[\.\.\.\], received \[3, 4\] and \[2\]/);
    expect(() => lossOf([[1], [2]], [0, 0])).toThrow(/C of at least 2/);
  });
});
