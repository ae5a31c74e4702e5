import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { leadOf, probeFigures, type SplitPredictions } from './probe-figures.js';

function split(trainCount: number, predicted: number[], labels: number[], recordings: number[]): SplitPredictions {
  const [first, second, third] = [predicted, labels, recordings].map((list) => Int32Array.from(list));
  return {
    trainCount,
    predicted: first ?? new Int32Array(0),
    labels: second ?? new Int32Array(0),
    recordings: third ?? new Int32Array(0),
  };
}

describe('probeFigures', () => {
  it('of 3 right out of 4 and 1 out of 2 is 4 out of 6, and each fold by itself', () => {
    const predictions = [split(2, [0, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]), split(5, [1, 1], [0, 1], [2, 2])];
    const figures = probeFigures(predictions, { classes: 2, random: createRandom(1) });
    expect(figures).toMatchObject({
      accuracy: 4 / 6,
      accuracyPerFold: [0.75, 0.5],
      folds: 2,
      counts: { train: 4, test: 6 }, // 3.5 fitted in the mean
      confusion: [
        [1, 1],
        [1, 3],
      ],
    });
  });

  it('counts 6 validation examples in the mean of 4 and 8, none where no split has any, and 0 for a split that says nothing', () => {
    const [one, two] = [split(10, [0], [0], [0]), split(20, [1], [1], [1])];
    const countsOf = (...predictions: SplitPredictions[]) =>
      probeFigures(predictions, { classes: 2, random: createRandom(1) }).counts;
    expect(countsOf({ ...one, validationCount: 4 }, { ...two, validationCount: 8 })).toEqual({
      ...{ train: 15, validation: 6, test: 2 },
    });
    expect(countsOf({ ...one, validationCount: 4 }, two)).toEqual({ train: 15, validation: 2, test: 2 });
    expect(countsOf(one, two)).toEqual({ train: 15, test: 2 });
  });

  it('tells the C of both splits in their order, and of none where one of them has none', () => {
    const [one, two] = [split(10, [0], [0], [0]), split(20, [1], [1], [1])];
    const chosen = (...predictions: SplitPredictions[]) =>
      probeFigures(predictions, { classes: 2, random: createRandom(1) }).inverseRegularisation;
    expect(chosen({ ...one, inverseRegularisation: 10 }, { ...two, inverseRegularisation: 0.1 })).toEqual([10, 0.1]);
    expect(chosen({ ...one, inverseRegularisation: 10 }, two)).toBeUndefined();
  });

  it('has an interval without width where all 3 recordings are half right, however their frames fall', () => {
    const predictions = [split(1, [0, 1, 1, 0, 0, 1], [0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 2, 2])];
    const { confidence } = probeFigures(predictions, { classes: 2, random: createRandom(1) });
    expect(confidence).toEqual({ low: 0.5, high: 0.5, level: 0.95, over: 'recordings', clusters: 3 });
  });

  it('draws 2 speakers anew instead of 8 recordings where speakers are held out: from 0 to 1 where one is all right, one all wrong', () => {
    const predictions = [
      split(1, [1, 1, 1, 1], [1, 1, 1, 1], [0, 1, 2, 3]),
      split(1, [0, 0, 0, 0], [1, 1, 1, 1], [4, 5, 6, 7]),
    ];
    const options = { classes: 2, random: createRandom(1) };
    const { accuracy, confidence } = probeFigures(predictions, {
      ...options,
      groupOf: (one) => (one < 4 ? 'ann' : 'bea'),
    });
    expect(accuracy).toBe(0.5);
    expect(confidence).toEqual({ low: 0, high: 1, level: 0.95, over: 'speakers', clusters: 2 });
    const byRecording = probeFigures(predictions, options).confidence;
    expect(byRecording).toMatchObject({ over: 'recordings', clusters: 8 });
    expect(byRecording.high - byRecording.low).toBeLessThan(0.8);
  });

  it('refuses 0 splits, and names the split without an example', () => {
    const options = { classes: 2, random: createRandom(1) };
    expect(() => probeFigures([], options)).toThrow(/at least one split.*received no split/);
    expect(() => probeFigures([split(1, [0], [0], [0]), split(1, [], [], [])], options)).toThrow(/none in split 1/);
  });
});

describe('leadOf', () => {
  const labels = [1, 1, 1, 1];
  const behind = [split(9, [0, 1, 0, 1], labels, [0, 0, 1, 1]), split(9, [0, 0, 0, 1], labels, [2, 2, 3, 3])];
  const ahead = [split(9, [1, 1, 1, 1], labels, [0, 0, 1, 1]), split(9, [1, 0, 1, 1], labels, [2, 2, 3, 3])];

  it('is 7/8 less 3/8 without width where each of 4 recordings has 1 of 2 more right, and as far below 0 the other way', () => {
    const options = { random: createRandom(1) };
    const confidence = { low: 0.5, high: 0.5, level: 0.95 };
    expect(leadOf(ahead, behind, options)).toEqual({ difference: 0.5, confidence });
    expect(leadOf(behind, ahead, options).difference).toBe(-0.5);
  });

  it('draws whole speakers where they are held out: from 0 to 1 where all of it comes from one of 2', () => {
    const first = [split(9, [1, 1, 1, 1], labels, [0, 1, 2, 3])];
    const second = [split(9, [0, 0, 1, 1], labels, [0, 1, 2, 3])];
    const groupOf = (recording: number) => (recording < 2 ? 'ann' : 'bea');
    const { difference, confidence } = leadOf(first, second, { random: createRandom(1), groupOf });
    expect([difference, confidence.low, confidence.high]).toEqual([0.5, 0, 1]);
  });

  it('refuses answers to 4 examples beside answers to 8', () => {
    expect(() => leadOf(ahead.slice(0, 1), behind, { random: createRandom(1) })).toThrow(/8 entries.*received 4/);
  });
});
