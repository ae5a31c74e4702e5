import { execFileSync, spawnSync } from 'node:child_process';
import { createRandom } from '@cpc/base';
import type { HostArray } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { accuracy, classesOf, confusionMatrix, macroAverage, recallPerClass, topKAccuracy } from './metrics.js';

const scoresOf = (...rows: number[][]): HostArray => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
});

describe('classesOf', () => {
  it('takes the highest score, the lowest class of equal ones, and handles infinities', () => {
    const scores = scoresOf([1, 3, 2], [5, 5, 4], [-1, -3, -1], [-Infinity, -Infinity, 0], [0, Infinity, 0]);
    expect([...classesOf(scores)]).toEqual([1, 0, 0, 2, 1]);
  });

  it('refuses NaN, naming the example', () => {
    expect(() => classesOf(scoresOf([1, 2], [Number.NaN, 2]))).toThrow(/NaN at example 1/);
  });
});

describe('accuracy', () => {
  it('is 3/4 for one mistake in four', () => {
    expect(accuracy(Int32Array.of(0, 1, 2, 0), Int32Array.of(0, 1, 2, 1))).toBe(0.75);
  });

  it('refuses 3 labels for 4 predictions, and none at all', () => {
    expect(() => accuracy(new Int32Array(4), new Int32Array(3))).toThrow(/as many as predictions, received 3 for 4/);
    expect(() => accuracy(new Int32Array(0), new Int32Array(0))).toThrow(/at least 1 label/);
  });
});

describe('topKAccuracy', () => {
  const scores = scoresOf([4, 3, 2, 1], [1, 2, 3, 4], [1, 4, 2, 3]);

  it('counts labels that stand first, second or third', () => {
    const labels = Int32Array.of(0, 2, 2); // first, second, third
    expect([1, 2, 3, 4].map((k) => topKAccuracy(scores, labels, k))).toEqual([1 / 3, 2 / 3, 1, 1]);
  });

  it('puts the lower of two classes first that score the same, as classesOf does', () => {
    const tied = scoresOf([0, 0, 0], [0, 0, 0], [0, 0, 0]);
    const labels = Int32Array.of(0, 0, 1);
    expect([1, 2, 3].map((k) => topKAccuracy(tied, labels, k))).toEqual([2 / 3, 1, 1]);
    expect(topKAccuracy(tied, labels, 1)).toBe(accuracy(classesOf(tied), labels));
  });

  it('refuses k of 0 and k above the number of classes, and a label that is no class', () => {
    expect(() => topKAccuracy(scores, new Int32Array(3), 0)).toThrow(/k from 1 to 4, received 0/);
    expect(() => topKAccuracy(scores, new Int32Array(3), 5)).toThrow(/k from 1 to 4, received 5/);
    expect(() => topKAccuracy(scores, Int32Array.of(0, 4, 0), 1)).toThrow(/0 to 3.*4 at example 1/);
  });
});

describe('confusionMatrix, recallPerClass and macroAverage', () => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 3);
  const predicted = Int32Array.of(0, 0, 2, 1, 0, 3);
  const confusion = confusionMatrix(predicted, labels, 4);

  it('has true classes in rows and predicted ones in columns', () => {
    expect(confusion).toEqual([
      [2, 0, 1, 0],
      [1, 1, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
  });

  it('gives recalls 2/3, 1/2 and 1, none for the class without examples, and their mean 13/18', () => {
    expect(recallPerClass(confusion)).toEqual([2 / 3, 1 / 2, undefined, 1]);
    expect(macroAverage(recallPerClass(confusion))).toBeCloseTo(13 / 18, 12);
  });

  it('refuses a predicted class out of range, and a mean of nothing', () => {
    expect(() => confusionMatrix(predicted, labels, 3)).toThrow(/labels from 0 to 2.*3 at example 5/);
    expect(() => confusionMatrix(Int32Array.of(-1), Int32Array.of(0), 2)).toThrow(
      /predicted from 0 to 1.*-1 at example 0/,
    );
    expect(() => macroAverage([undefined])).toThrow(/a class with a value/);
  });
});

const probe = spawnSync('python3', ['-c', 'import sklearn.metrics'], { encoding: 'utf8' });
const reason = probe.status === 0 ? '' : ' (skipped: python3 cannot import sklearn.metrics)';

describe.skipIf(probe.status !== 0)(`scikit-learn${reason}`, () => {
  it('finds the same accuracy, top-2 and top-5 accuracy, confusion and balanced accuracy in 500 examples of 7 classes', () => {
    const random = createRandom(1);
    const labels = Int32Array.from({ length: 500 }, () => random.integer(7));
    const data = Float32Array.from(
      { length: 3500 },
      (_, index) => random.normal() + (index % 7 === labels[Math.floor(index / 7)] ? 1 : 0),
    );
    const scores = { shape: [500, 7], data };
    const program = `
import json, sys, numpy as np
from sklearn import metrics
given = json.load(sys.stdin)
scores = np.array(given['scores']).reshape(-1, 7); labels = given['labels']
predicted = scores.argmax(1)
print(json.dumps({
  'accuracy': metrics.accuracy_score(labels, predicted),
  'top2': metrics.top_k_accuracy_score(labels, scores, k=2),
  'top5': metrics.top_k_accuracy_score(labels, scores, k=5),
  'confusion': metrics.confusion_matrix(labels, predicted).tolist(),
  'balanced': metrics.balanced_accuracy_score(labels, predicted)}))`;
    const input = JSON.stringify({ scores: [...data], labels: [...labels] });
    const theirs = JSON.parse(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }));
    const predicted = classesOf(scores);
    const confusion = confusionMatrix(predicted, labels, 7);
    expect(confusion).toEqual(theirs.confusion);
    expect(accuracy(predicted, labels)).toBeCloseTo(theirs.accuracy, 12);
    expect(topKAccuracy(scores, labels, 2)).toBeCloseTo(theirs.top2, 12);
    expect(topKAccuracy(scores, labels, 5)).toBeCloseTo(theirs.top5, 12);
    expect(macroAverage(recallPerClass(confusion))).toBeCloseTo(theirs.balanced, 12);
  });
});
