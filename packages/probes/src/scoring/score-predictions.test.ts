import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { type FoldPredictions, leadOf, scorePredictions } from './score-predictions.js';

function split(
  trainCount: number,
  predicted: number[],
  labels: number[],
  clusters: (number | string)[],
): FoldPredictions {
  const [first, second] = [predicted, labels].map((list) => Int32Array.from(list));
  return {
    trainCount,
    predicted: first ?? new Int32Array(0),
    labels: second ?? new Int32Array(0),
    clusters,
  };
}

describe('scorePredictions', () => {
  it('of 3 right out of 4 and 1 out of 2 is 4 out of 6, and each fold by itself', () => {
    const predictions = [split(2, [0, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]), split(5, [1, 1], [0, 1], [2, 2])];
    const figures = scorePredictions(predictions, { classes: 2, random: createRandom(1), over: 'recordings' });
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
    const countsOf = (...predictions: FoldPredictions[]) =>
      scorePredictions(predictions, { classes: 2, random: createRandom(1), over: 'recordings' }).counts;
    expect(countsOf({ ...one, validationCount: 4 }, { ...two, validationCount: 8 })).toEqual({
      ...{ train: 15, validation: 6, test: 2 },
    });
    expect(countsOf({ ...one, validationCount: 4 }, two)).toEqual({ train: 15, validation: 2, test: 2 });
    expect(countsOf(one, two)).toEqual({ train: 15, test: 2 });
  });

  it('tells the C of both splits in their order, and of none where one of them has none', () => {
    const [one, two] = [split(10, [0], [0], [0]), split(20, [1], [1], [1])];
    const chosen = (...predictions: FoldPredictions[]) =>
      scorePredictions(predictions, { classes: 2, random: createRandom(1), over: 'recordings' }).inverseRegularisation;
    expect(chosen({ ...one, inverseRegularisation: 10 }, { ...two, inverseRegularisation: 0.1 })).toEqual([10, 0.1]);
    expect(chosen({ ...one, inverseRegularisation: 10 }, two)).toBeUndefined();
  });

  it('has an interval without width where all 3 recordings are half right, however their frames fall', () => {
    const predictions = [split(1, [0, 1, 1, 0, 0, 1], [0, 0, 1, 1, 0, 0], [0, 0, 1, 1, 2, 2])];
    const { confidence } = scorePredictions(predictions, { classes: 2, random: createRandom(1), over: 'recordings' });
    expect(confidence).toEqual({ low: 0.5, high: 0.5, level: 0.95, over: 'recordings', clusters: 3 });
  });

  it('draws 2 speakers anew instead of 8 recordings where these are the clusters: from 0 to 1 where one is all right, one all wrong', () => {
    const told = (clusters: (number | string)[][]) => [
      split(1, [1, 1, 1, 1], [1, 1, 1, 1], clusters[0] ?? []),
      split(1, [0, 0, 0, 0], [1, 1, 1, 1], clusters[1] ?? []),
    ];
    const speakers = ['ann', 'bea'].map((name) => Array<string>(4).fill(name));
    const options = { classes: 2, random: createRandom(1) };
    const { accuracy, confidence } = scorePredictions(told(speakers), { ...options, over: 'speakers' });
    expect(accuracy).toBe(0.5);
    expect(confidence).toEqual({ low: 0, high: 1, level: 0.95, over: 'speakers', clusters: 2 });
    const recordings = [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ];
    const byRecording = scorePredictions(told(recordings), { ...options, over: 'recordings' }).confidence;
    expect(byRecording).toMatchObject({ over: 'recordings', clusters: 8 });
    expect(byRecording.high - byRecording.low).toBeLessThan(0.8);
  });

  it('has a top 5 of 6 classes over 2 folds: wrong where the class scores lowest; none of 5 classes, or where a fold has no scores', () => {
    const fold = (classes: number, labels: number[], rows: number[][]) => ({
      ...split(
        1,
        labels.map(() => 0),
        labels,
        [...labels.keys()],
      ),
      scores: { shape: [labels.length, classes], data: Float32Array.from(rows.flat()) },
    });
    const rising = [0, 1, 2, 3, 4, 5];
    const folds = [fold(6, [0, 1], [rising, [...rising].reverse()]), fold(6, [5], [rising])];
    const options = { classes: 6, random: createRandom(1), over: 'images' };
    expect(scorePredictions(folds, options).accuracyTop5).toBeCloseTo(2 / 3, 12);
    const { scores: _, ...without } = folds[1] ?? fold(6, [5], [rising]);
    expect(scorePredictions([folds[0] ?? without, without], options)).not.toHaveProperty('accuracyTop5');
    const five = [fold(5, [0], [[0, 1, 2, 3, 4]])];
    expect(scorePredictions(five, { ...options, classes: 5 })).not.toHaveProperty('accuracyTop5');
  });

  it.each([2, -1])('refuses the label %i of 2 classes: it never becomes 0', (label) => {
    const options = { classes: 2, random: createRandom(1), over: 'recordings' };
    expect(() => scorePredictions([split(1, [0, 1], [0, label], [0, 1])], options)).toThrow(/0 .*1/);
    expect(() => scorePredictions([split(1, [0, label], [0, 1], [0, 1])], options)).toThrow(/0 .*1/);
  });

  it('refuses 0 folds, and names the fold without an example', () => {
    const options = { classes: 2, random: createRandom(1), over: 'recordings' };
    expect(() => scorePredictions([], options)).toThrow(/at least one fold.*received no fold/);
    expect(() => scorePredictions([split(1, [0], [0], [0]), split(1, [], [], [])], options)).toThrow(/none in fold 1/);
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

  it('draws whole speakers where they are the clusters: from 0 to 1 where all of it comes from one of 2', () => {
    const speakers = ['ann', 'ann', 'bea', 'bea'];
    const first = [split(9, [1, 1, 1, 1], labels, speakers)];
    const second = [split(9, [0, 0, 1, 1], labels, speakers)];
    const { difference, confidence } = leadOf(first, second, { random: createRandom(1) });
    expect([difference, confidence.low, confidence.high]).toEqual([0.5, 0, 1]);
  });

  it('refuses answers to 4 examples beside answers to 8', () => {
    expect(() => leadOf(ahead.slice(0, 1), behind, { random: createRandom(1) })).toThrow(/8 entries.*received 4/);
  });
});
