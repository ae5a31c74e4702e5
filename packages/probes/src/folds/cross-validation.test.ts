import { createRandom } from '@cpc/base';
import type { Engine } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { logisticClassifier } from '../classifiers/logistic-classifier.js';
import { type Classifier, chooseSetting, nestedCrossValidation } from './cross-validation.js';
import { groupedFolds, stratifiedFolds } from './folds.js';

interface Call {
  readonly kind: 'fit' | 'predict';
  readonly rows: readonly number[];
  readonly setting: number;
  readonly start: number | undefined;
}

const labels = Int32Array.from({ length: 60 }, (_, row) => row % 2);
const groups = Array.from(labels, (_, row) => `speaker ${row % 12}`);

/** Writes down what it is shown; setting s gets the rows for which `right` holds. */
function spy(right: (setting: number, row: number) => boolean) {
  const calls: Call[] = [];
  const classifier: Classifier<number, number> = {
    fit: async (rows, setting, start) => {
      calls.push({ kind: 'fit', rows, setting, start });
      return setting;
    },
    predict: async (setting, rows) => {
      calls.push({ kind: 'predict', rows, setting, start: undefined });
      return Int32Array.from(rows, (row) => (right(setting, row) ? (labels[row] ?? 0) : 1 - (labels[row] ?? 0)));
    },
  };
  return { classifier, calls };
}

const settings = [1, 2, 3];
const outer = stratifiedFolds(labels, 5, createRandom(1));
/** Calls by outer fold: 4 inner folds of 3 fits and 3 predictions each, then the fit and the prediction that count. */
const perFold = 4 * 6 + 2;

describe('nestedCrossValidation', () => {
  it('shows no outer test row to anything before the last prediction of its fold', async () => {
    const { classifier, calls } = spy((setting, row) => (row * setting) % 7 < 4);
    await nestedCrossValidation({ classifier, settings, labels, outer, innerFolds: 4, random: createRandom(2) });
    expect(calls.length).toBe(5 * perFold);
    for (const [index, { train, test }] of outer.entries()) {
      const own = calls.slice(index * perFold, (index + 1) * perFold);
      const held = new Set(test);
      for (const { rows } of own.slice(0, -1)) expect(rows.some((row) => held.has(row))).toBe(false);
      expect(own.at(-2)).toMatchObject({ kind: 'fit', rows: train });
      expect(own.at(-1)).toMatchObject({ kind: 'predict', rows: test });
    }
  });

  it('predicts every training row once per setting within a fold, and never a row of the same fit', async () => {
    const { classifier, calls } = spy(() => true);
    await nestedCrossValidation({ classifier, settings, labels, outer, innerFolds: 4, random: createRandom(2) });
    const own = calls.slice(0, perFold - 2);
    for (const setting of settings) {
      const predicted = own
        .filter((call) => call.kind === 'predict' && call.setting === setting)
        .flatMap(({ rows }) => rows);
      expect([...predicted].sort((a, b) => a - b)).toEqual(outer[0]?.train);
    }
    for (let call = 0; call < own.length; call += 2) {
      const fitted = new Set(own[call]?.rows);
      expect(own[call + 1]?.rows.some((row) => fitted.has(row))).toBe(false);
    }
  });

  it('keeps groups apart within inner folds too', async () => {
    const { classifier, calls } = spy(() => true);
    const random = createRandom(3);
    const folds = groupedFolds(groups, 3, random);
    await nestedCrossValidation({ classifier, settings, labels, groups, outer: folds, innerFolds: 4, random });
    for (let call = 0; call < calls.length; call += 2) {
      const fitted = new Set(calls[call]?.rows.map((row) => groups[row]));
      expect(calls[call + 1]?.rows.some((row) => fitted.has(groups[row]))).toBe(false);
    }
  });

  it('chooses by inner rows alone: the setting that is best there, though it gets no outer test row right', async () => {
    const [fold] = outer;
    const held = new Set(fold?.test);
    const { classifier } = spy((setting, row) => (setting === 2 ? !held.has(row) : held.has(row)));
    const one = { classifier, settings, labels, outer: outer.slice(0, 1), innerFolds: 4, random: createRandom(2) };
    const { accuracy, folds } = await nestedCrossValidation(one);
    expect(folds[0]).toMatchObject({ chosen: 2, innerAccuracies: [0, 1, 0], accuracy: 0 });
    expect(accuracy).toBe(0);
  });

  it('is the share of all test rows that were right, over folds of unequal size', async () => {
    const { classifier } = spy((_, row) => row < 10);
    const folds = [
      { train: [20, 21, 22, 23, 24, 25], test: [0, 30, 31, 32] },
      { train: [20, 21, 22, 23, 24, 25], test: [5] },
    ];
    const given = { classifier, settings: [1], labels, outer: folds, innerFolds: 2, random: createRandom(1) };
    const result = await nestedCrossValidation(given);
    expect(result.folds.map(({ accuracy }) => accuracy)).toEqual([0.25, 1]);
    expect(result.accuracy).toBe(2 / 5);
    expect([...(result.folds[0]?.predicted ?? [])]).toEqual([labels[0], 1 - (labels[30] ?? 0), 0, 1]);
  });

  it('gives the same from the same seed, and other inner folds from another', async () => {
    const shown = async (seed: number) => {
      const { classifier, calls } = spy(() => true);
      await nestedCrossValidation({ classifier, settings, labels, outer, innerFolds: 4, random: createRandom(seed) });
      return calls;
    };
    expect(await shown(2)).toEqual(await shown(2));
    expect(await shown(2)).not.toEqual(await shown(3));
  });

  it('cuts inner folds anew for every outer fold, though both train on the same rows', async () => {
    const { classifier, calls } = spy(() => true);
    const train = Array.from({ length: 40 }, (_, row) => row);
    const twice = [50, 51].map((row) => ({ train, test: [row] }));
    await nestedCrossValidation({ classifier, settings, labels, outer: twice, innerFolds: 4, random: createRandom(2) });
    expect(calls[0]?.rows).not.toEqual(calls[perFold]?.rows);
  });

  it('refuses a row on both sides, a group on both sides, a row that is none, and an empty side', async () => {
    const { classifier } = spy(() => true);
    const given = { classifier, settings, labels, innerFolds: 2, random: createRandom(1) };
    const run = (fold: { train: number[]; test: number[] }, withGroups = false) =>
      nestedCrossValidation({ ...given, outer: [fold], ...(withGroups ? { groups } : {}) });
    await expect(run({ train: [1, 2, 3], test: [3, 4] })).rejects.toThrow(/outer fold 0.*row 3 on both/);
    await expect(run({ train: [1, 2, 3], test: [13] }, true)).rejects.toThrow(/group speaker 1 on both/);
    await expect(run({ train: [1, 2, 60], test: [4] })).rejects.toThrow(/rows from 0 to 59, received 60/);
    await expect(run({ train: [1, 2], test: [] })).rejects.toThrow(/both sides, received 2 and 0/);
  });
});

describe('chooseSetting', () => {
  const rows = [...labels.keys()];
  const given = { labels, innerFolds: 3, random: createRandom(1) };

  it('takes the first of settings that do equally well', async () => {
    const { classifier } = spy((setting) => setting !== 9);
    const selection = await chooseSetting(rows, { ...given, classifier, settings: [9, 4, 7, 5] });
    expect(selection).toEqual({ chosen: 4, innerAccuracies: [0, 1, 1, 1] });
  });

  it('starts every fit but the first from the setting before, on the same rows', async () => {
    const { classifier, calls } = spy(() => true);
    await chooseSetting(rows, { ...given, classifier, settings });
    const fits = calls.filter(({ kind }) => kind === 'fit');
    expect(fits.map(({ start }) => start)).toEqual([undefined, 1, 2, undefined, 1, 2, undefined, 1, 2]);
    for (const [index, fit] of fits.entries()) expect(fit.rows).toBe(fits[index - (index % 3)]?.rows);
  });

  it('fits nothing where there is one setting, and refuses none', async () => {
    const { classifier, calls } = spy(() => true);
    expect(await chooseSetting(rows, { ...given, classifier, settings: [6] })).toEqual({
      chosen: 6,
      innerAccuracies: [],
    });
    expect(calls).toEqual([]);
    await expect(chooseSetting(rows, { ...given, classifier, settings: [] })).rejects.toThrow(/at least one setting/);
  });
});

describe('logisticClassifier in nested cross-validation', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ name: 'onnx', threads: 1 });
  });

  /** 400 examples of 150 features, of which 10 tell; a quarter of the labels is wrong, and a weak penalty learns them by heart. */
  function noisy() {
    const random = createRandom(7);
    const classOf = (row: number) => row % 2;
    const data = Float32Array.from(
      { length: 400 * 150 },
      (_, index) => random.normal() + (index % 150 < 10 ? 0.7 * (2 * classOf(Math.floor(index / 150)) - 1) : 0),
    );
    const labels = Int32Array.from({ length: 400 }, (_, row) => (row % 8 < 2 ? 1 - classOf(row) : classOf(row)));
    return { features: { shape: [400, 150], data }, labels, classes: 2 };
  }

  it('chooses the strong penalty over the weak one in all 4 folds, and gains 0.05 by it', async () => {
    const data = noisy();
    const classifier = logisticClassifier({ ...data, engine });
    const given = { classifier, labels: data.labels, outer: stratifiedFolds(data.labels, 4, createRandom(1)) };
    const options = { ...given, innerFolds: 4, random: createRandom(1) };
    const chosen = await nestedCrossValidation({ ...options, settings: [100, 0.001] });
    const weak = await nestedCrossValidation({ ...options, settings: [100] });
    expect(chosen.folds.map((fold) => fold.chosen)).toEqual([0.001, 0.001, 0.001, 0.001]);
    expect(chosen.accuracy).toBeGreaterThan(weak.accuracy + 0.05);
    expect(chosen.accuracy).toBeGreaterThan(0.65); // 0.75 at most
  });

  it('chooses the same 4 penalties, by inner accuracies within 0.01, whether inner folds are fitted together or one by one', async () => {
    const data = noisy();
    const { fitEach, ...oneByOne } = logisticClassifier({ ...data, engine, standardised: false });
    if (fitEach === undefined) throw new Error('features that are not scaled are fitted together');
    const given = { labels: data.labels, outer: stratifiedFolds(data.labels, 4, createRandom(1)) };
    const options = { ...given, innerFolds: 4, random: createRandom(1), settings: [100, 1, 0.01] };
    const together = await nestedCrossValidation({ ...options, classifier: { ...oneByOne, fitEach } });
    const apart = await nestedCrossValidation({ ...options, classifier: oneByOne });
    expect(together.folds.map(({ chosen }) => chosen)).toEqual(apart.folds.map(({ chosen }) => chosen));
    for (const [index, { innerAccuracies }] of apart.folds.entries())
      for (const [setting, accuracy] of innerAccuracies.entries())
        expect(Math.abs((together.folds[index]?.innerAccuracies[setting] ?? 0) - accuracy)).toBeLessThan(0.01);
    expect(logisticClassifier({ ...data, engine }).fitEach).toBeUndefined(); // scaled by the rows of each
  });

  it('scales by the rows fitted: predictions stay when features are multiplied by 8 and moved by 100', async () => {
    const data = noisy();
    const moved = { shape: data.features.shape, data: data.features.data.map((value) => 8 * value + 100) };
    const rows = Array.from({ length: 80 }, (_, row) => row);
    const rest = Array.from({ length: 40 }, (_, row) => 80 + row);
    const predictions = [data.features, moved].map(async (features) => {
      const classifier = logisticClassifier({ ...data, features, engine });
      return classifier.predict(await classifier.fit(rows, 0.1), rest);
    });
    expect(await predictions[0]).toEqual(await predictions[1]);
  });
});
