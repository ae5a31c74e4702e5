import { createRandom, type Random } from '@cpc/base';
import type { Engine } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatherRows } from '../examples/examples.js';
import { holdOutGroups } from '../folds/held-out.js';
import { accuracy, classesOf } from '../statistics/metrics.js';
import { fitLogisticRegression, logisticScores } from './logistic-regression.js';
import { fitMlpProbe, mlpScores } from './mlp-probe.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

/** Class 1 where the signs of two features differ: no line tells the classes apart. */
function crossed(examples: number, seed: number) {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: examples * 3 }, () => random.normal());
  const labels = Int32Array.from({ length: examples }, (_, row) =>
    (data[row * 3] ?? 0) * (data[row * 3 + 1] ?? 0) < 0 ? 1 : 0,
  );
  return { features: { shape: [examples, 3], data }, labels, classes: 2 };
}

const small = { hiddenUnits: 32, batchSize: 64, learningRate: 1e-2 };

describe('fitMlpProbe', () => {
  it('reads what no line can: accuracy above 0.95 on new examples, where logistic regression guesses', async () => {
    const [train, test] = [crossed(1000, 1), crossed(1000, 2)];
    const model = await fitMlpProbe({ ...train, ...small, engine, random: createRandom(3) });
    expect(accuracy(classesOf(await mlpScores(model, test.features, engine)), test.labels)).toBeGreaterThan(0.95);
    const linear = await fitLogisticRegression({ ...train, engine });
    const guessed = accuracy(classesOf(await logisticScores(linear, test.features, engine)), test.labels);
    expect(Math.abs(guessed - 0.5)).toBeLessThan(0.06);
  });

  it('gives the same numbers from the same seed, and others from another', async () => {
    const fit = (seed: number) =>
      fitMlpProbe({ ...crossed(203, 1), ...small, maxEpochs: 3, engine, random: createRandom(seed) });
    const one = await fit(5);
    expect(await fit(5)).toEqual(one);
    expect((await fit(6)).parameters).not.toEqual(one.parameters);
  });

  it('goes through all 45 examples fitted in another order on every pass', async () => {
    const drawn: number[][] = [];
    const recording = (random: Random): Random => ({
      uniform: () => random.uniform(),
      integer: (bound) => random.integer(bound),
      normal: () => random.normal(),
      choose: (n, count) => random.choose(n, count),
      fold: (...labels) => recording(random.fold(...labels)),
      permutation: (n) => {
        const order = random.permutation(n);
        if (n === 45) drawn.push([...order]);
        return order;
      },
    });
    await fitMlpProbe({ ...crossed(50, 1), ...small, maxEpochs: 3, engine, random: recording(createRandom(5)) });
    expect(new Set(drawn.map((order) => order.join())).size).toBe(3);
  });

  it('keeps the parameters of the pass with the lowest held-out loss, and ends 3 passes after it', async () => {
    const random = createRandom(8);
    const labels = Int32Array.from({ length: 300 }, () => random.integer(2)); // nothing to learn: it can only overfit
    const data = { ...crossed(300, 1), labels };
    const options = { ...data, ...small, patience: 3, engine, random: createRandom(9) };
    const model = await fitMlpProbe(options);
    expect(model.heldOutLosses[model.bestEpoch - 1]).toBe(Math.min(...model.heldOutLosses));
    expect(model.epochs).toBe(model.bestEpoch + 3);
    expect(model.heldOutLosses).toHaveLength(model.epochs);
    const scores = await mlpScores(model, gatherRows(data.features, model.heldOut), engine);
    const losses = model.heldOut.map((row, place) => {
      const own = scores.data.subarray(2 * place, 2 * place + 2);
      return Math.log(Math.exp(own[0] ?? 0) + Math.exp(own[1] ?? 0)) - (own[labels[row] ?? 0] ?? 0);
    });
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(mean).toBeCloseTo(Math.min(...model.heldOutLosses), 5);
  });

  it('never fits to what it holds out: changed labels there leave the first pass as it was', async () => {
    const data = crossed(200, 1);
    const options = { ...small, maxEpochs: 1, engine };
    const one = await fitMlpProbe({ ...data, ...options, random: createRandom(4) });
    const held = new Set(one.heldOut);
    const other = await fitMlpProbe({
      ...data,
      labels: data.labels.map((label, row) => (held.has(row) ? 1 - label : label)),
      ...options,
      random: createRandom(4),
    });
    expect(held.size).toBe(20);
    expect(other.parameters).toEqual(one.parameters);
    expect(other.heldOutLosses).not.toEqual(one.heldOutLosses);
  });

  it('holds out whole groups: speakers known by heart are no help on another speaker', async () => {
    const random = createRandom(6);
    const speakers = Array.from({ length: 400 }, (_, row) => row % 40);
    const offsets = Float32Array.from({ length: 40 * 8 }, () => 3 * random.normal());
    const classOf = Int32Array.from({ length: 40 }, () => random.integer(2)); // a class for each speaker, by chance
    const features = {
      shape: [400, 8],
      data: Float32Array.from(
        { length: 3200 },
        (_, i) => (offsets[(Math.floor(i / 8) % 40) * 8 + (i % 8)] ?? 0) + 0.1 * random.normal(),
      ),
    };
    const labels = Int32Array.from(speakers, (speaker) => classOf[speaker] ?? 0);
    const options = { features, labels, classes: 2, ...small, heldOutShare: 0.3, engine };
    const groups = speakers.map((speaker) => `speaker ${speaker}`);
    const apart = await fitMlpProbe({ ...options, groups, random: createRandom(7) });
    const mixed = await fitMlpProbe({ ...options, random: createRandom(7) });
    expect(new Set(apart.heldOut.map((row) => speakers[row])).size).toBe(12);
    expect(Math.min(...apart.heldOutLosses)).toBeGreaterThan(0.5);
    expect(Math.min(...mixed.heldOutLosses)).toBeLessThan(0.05);
  });

  it('shrinks its kernels under a strong weight decay', async () => {
    const size = async (weightDecay: number) => {
      const options = { ...crossed(200, 1), ...small, weightDecay, maxEpochs: 10, patience: 10, engine };
      const { parameters } = await fitMlpProbe({ ...options, random: createRandom(4) });
      return parameters['hidden/kernel']?.data.reduce((sum, value) => sum + value * value, 0) ?? 0;
    };
    expect(await size(10)).toBeLessThan(0.8 * (await size(0)));
  });

  it('names the learning rate where the loss is no longer finite', async () => {
    const wild = { ...crossed(200, 1), ...small, learningRate: 1e30, engine, random: createRandom(1) };
    await expect(fitMlpProbe(wild)).rejects.toThrow(/finite loss.*Lower the learning rate/);
  });

  it('refuses a hidden layer of 0 units, a share of 1, groups that are too few, and settings out of range', async () => {
    const options = { ...crossed(20, 1), engine, random: createRandom(1) };
    await expect(fitMlpProbe({ ...options, hiddenUnits: 0 })).rejects.toThrow(/hiddenUnits.*at least 1, received 0/);
    await expect(fitMlpProbe({ ...options, patience: 0 })).rejects.toThrow(/patience.*at least 1/);
    await expect(fitMlpProbe({ ...options, heldOutShare: 1 })).rejects.toThrow(/heldOutShare.*below 1/);
    await expect(fitMlpProbe({ ...options, weightDecay: -1 })).rejects.toThrow(/weightDecay.*at least 0/);
    await expect(fitMlpProbe({ ...options, learningRate: 0 })).rejects.toThrow(/above 0/);
    await expect(fitMlpProbe({ ...options, groups: ['a', 'b'] })).rejects.toThrow(/20 groups.*2 groups/);
    await expect(fitMlpProbe({ ...options, groups: new Array(20).fill('a') })).rejects.toThrow(/at least 2 groups/);
  });
});

describe('mlpScores', () => {
  it('refuses 2 features where the probe was fitted to 3', async () => {
    const model = await fitMlpProbe({ ...crossed(40, 1), ...small, maxEpochs: 1, engine, random: createRandom(1) });
    const narrow = { shape: [60, 2], data: new Float32Array(120) };
    await expect(mlpScores(model, narrow, engine)).rejects.toThrow(/3 features per example.*\[60, 2\]/);
  });
});

describe('holdOutGroups', () => {
  const groups = Array.from({ length: 100 }, (_, row) => `speaker ${row % 10}`);

  it('holds out 2 of 10 groups of 10 for a share of 0.2 of 100 examples, and 3 for 0.21', () => {
    for (const [share, count] of [
      [0.2, 2],
      [0.21, 3],
    ] as const) {
      const { train, test } = holdOutGroups(groups, share, createRandom(1));
      expect(new Set(test.map((row) => groups[row])).size).toBe(count);
      expect(train.length + test.length).toBe(100);
      expect(train.some((row) => test.some((other) => groups[row] === groups[other]))).toBe(false);
    }
  });

  it('leaves one group to fit to, whatever the share', () => {
    expect(new Set(holdOutGroups(groups, 0.99, createRandom(1)).train.map((row) => groups[row])).size).toBe(1);
  });
});
