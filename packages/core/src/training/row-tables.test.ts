import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engines/engine.js';
import { embedding } from '../layers/embedding.js';
import { layerAt } from '../layers/layer-at.js';
import { negativesFromBatch } from '../negatives.js';
import { createEngine } from '../node/engines.js';
import { adam } from '../optimisers/adam.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { sgd } from '../optimisers/sgd.js';
import { batchOf } from './batches.js';
import type { Domain } from './domain.js';
import { initialiseModel } from './loss.js';
import { createTrainingStep, type TrainingStep } from './step.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

const rows = 40;
const table = 'parameters/words/table';

/** 3 sequences of 4 words out of 40, 3 numbers each; the context is the word itself, doubled. */
function domainOf(isTable: boolean): Domain {
  return {
    ...{ name: 'words', layout: { sequences: 3, positions: 4, latentSize: 3, contextSize: 3 }, offsets: [1] },
    negatives: negativesFromBatch(6),
    initialise: (random) => ({
      words: { table: { shape: [rows, 3], data: Float32Array.from({ length: rows * 3 }, () => random.normal()) } },
      scale: { factor: { shape: [1], data: Float32Array.of(2) } },
    }),
    ...(isTable ? { tables: { 'words/table': { rows: 'words' } } } : {}),
    batch: { words: { shape: [3, 4], dtype: 'int32' } },
    draw: async (random) => ({
      words: { shape: [3, 4], data: Int32Array.from({ length: 12 }, () => 4 * random.integer(6)) }, // words come twice
    }),
    encode: (parameters, { words }) =>
      embedding(layerAt(parameters, 'words', ['table']), words as tf.Tensor) as tf.Tensor3D,
    contextualise: (parameters, latents) =>
      tf.tidy(() => tf.mul<tf.Tensor3D>(latents, layerAt(parameters, 'scale', ['factor']).factor)),
  };
}

async function stepsOf(isTable: boolean, optimiser: Optimiser, steps: number, clipNorm?: number) {
  return stepsIn(domainOf(isTable), optimiser, steps, clipNorm);
}

async function stepsIn(domain: Domain, optimiser: Optimiser, steps: number, clipNorm?: number) {
  const random = createRandom(7);
  const parameters = initialiseModel(domain, random);
  const step = await createTrainingStep({
    ...{ domain, engine, optimiser, parameters },
    clipNorm,
  });
  const results = [];
  for (let number = 1; number <= steps; number++)
    results.push(await step.run(await batchOf(domain, random, number), number));
  return { step, results };
}

function largestDifference(one: TrainingStep, other: TrainingStep): number {
  const differences = Object.entries(one.state.current).map(([name, { data }]) => {
    const against = other.state.current[name]?.data ?? [];
    expect(against).toHaveLength(data.length);
    return Math.max(...Array.from(data, (value, index) => Math.abs(value - Number(against[index]))));
  });
  return Math.max(...differences);
}

describe('a table that is read by row', () => {
  it('ends where a dense one does after 5 steps of gradient descent, clipped, words that come twice included: to 1e-6', async () => {
    const [lazy, dense] = [
      await stepsOf(true, sgd({ learningRate: 0.3 }), 5, 0.5),
      await stepsOf(false, sgd({ learningRate: 0.3 }), 5, 0.5),
    ];
    expect(Object.keys(lazy.step.state.current).sort()).toEqual(Object.keys(dense.step.state.current).sort());
    expect(largestDifference(lazy.step, dense.step)).toBeLessThan(1e-6);
    for (const [index, { lossNats, gradientNorm }] of lazy.results.entries()) {
      expect(lossNats).toBeCloseTo(dense.results[index]?.lossNats ?? Number.NaN, 5);
      expect(gradientNorm).toBeCloseTo(dense.results[index]?.gradientNorm ?? Number.NaN, 5);
    }
  });

  it('ends where a dense one does after the first step of Adam; later a row and its averages rest while no batch reads it', async () => {
    const optimiser = adam({ learningRate: 0.1 });
    const [lazy, dense] = [await stepsOf(true, optimiser, 1), await stepsOf(false, optimiser, 1)];
    expect(largestDifference(lazy.step, dense.step)).toBeLessThan(1e-6);
    const domain = domainOf(true);
    const before = Object.entries(lazy.step.state.current).map(([name, { data }]) => [name, data.slice()] as const);
    const batch = await batchOf(domain, createRandom(7), 2);
    const read = new Set<number>(Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? 8 : 12))); // two words only
    await lazy.step.run(
      {
        ...batch,
        words: { shape: [3, 4], data: Int32Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? 8 : 12)) },
      },
      2,
    );
    for (const [name, data] of before.filter(([key]) => key.endsWith('words/table'))) {
      const now = lazy.step.state.current[name]?.data ?? new Float32Array(0);
      for (let row = 0; row < rows; row++) {
        const isSame = [0, 1, 2].every((entry) => now[3 * row + entry] === data[3 * row + entry]);
        expect(isSame, `${name}, row ${row}`).toBe(!read.has(row));
      }
    }
  });

  it('moves rows 20 times as far with a rate factor of 20, to 1e-4 of it, and other parameters and averages as before', async () => {
    const domain = { ...domainOf(true), tables: { 'words/table': { rows: 'words', rateFactor: 20 } } };
    const optimiser = adam({ learningRate: 1e-3 });
    const [before, plain, further] = [
      (await stepsOf(true, optimiser, 0)).step.state.current,
      (await stepsOf(true, optimiser, 1)).step.state.current,
      (await stepsIn(domain, optimiser, 1)).step.state.current,
    ];
    for (const [name, { data }] of Object.entries(plain)) {
      const factor = name === table ? 20 : 1;
      for (const [index, value] of data.entries()) {
        const moved = Number(value) - Number(before[name]?.data[index]);
        expect(Number(further[name]?.data[index]) - Number(before[name]?.data[index])).toBeCloseTo(factor * moved, 4);
      }
    }
    expect(
      Math.max(...(further[table]?.data ?? []).map((value, index) => value - Number(before[table]?.data[index]))),
    ).toBeCloseTo(0.02, 4);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a rate factor of %d', async (rateFactor) => {
    const domain = { ...domainOf(true), tables: { 'words/table': { rows: 'words', rateFactor } } };
    await expect(stepsIn(domain, sgd({ learningRate: 0.1 }), 0)).rejects.toThrow(/rateFactor|finite number above 0/);
  });

  it('has room for 2 rows where its domain says at most 2, and refuses a batch that reads 3', async () => {
    const domain = { ...domainOf(true), tables: { 'words/table': { rows: 'words', atMost: 2 } } };
    const parameters = initialiseModel(domain, createRandom(7));
    const step = await createTrainingStep({ domain, engine, optimiser: sgd({ learningRate: 0.1 }), parameters });
    const batch = await batchOf(domain, createRandom(7), 1);
    const reading = (...words: number[]) => ({
      ...batch,
      words: { shape: [3, 4], data: Int32Array.from({ length: 12 }, (_, index) => words[index % words.length] ?? 0) },
    });
    const { gradients } = await step.gradients(reading(8, 12));
    expect(gradients['words/table']?.shape).toEqual([2, 3]);
    await expect(step.gradients(reading(8, 12, 16))).rejects.toThrow(/at most 2 different rows.*received 3/);
    await step.dispose();
  });

  it('is loaded whole or not at all, and its state is that of the table', async () => {
    const { step } = await stepsOf(true, adam({ learningRate: 0.1 }), 2);
    const saved = Object.fromEntries(
      Object.entries(step.state.current).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
    );
    expect(saved[table]?.shape).toEqual([rows, 3]);
    expect(saved['moments/squareSum/words/table']?.shape).toEqual([rows, 3]);
    const other = (await stepsOf(true, adam({ learningRate: 0.1 }), 1)).step;
    other.state.load(saved);
    expect(largestDifference(other, step)).toBe(0);
    const shorter = { ...saved, [table]: { shape: [rows - 1, 3], data: new Float32Array(3 * (rows - 1)) } };
    const untouched = (await stepsOf(true, adam({ learningRate: 0.1 }), 1)).step;
    const fresh = (await stepsOf(true, adam({ learningRate: 0.1 }), 1)).step;
    expect(() => untouched.state.load(shorter)).toThrow(/parameters\/words\/table of shape \[40, 3\]/);
    expect(largestDifference(untouched, fresh)).toBe(0);
  });

  it('refuses row 40 of 40 and row -1, and changes nothing', async () => {
    const { step } = await stepsOf(true, sgd({ learningRate: 0.1 }), 1);
    const fresh = (await stepsOf(true, sgd({ learningRate: 0.1 }), 1)).step;
    const batch = await batchOf(domainOf(true), createRandom(7), 2);
    for (const row of [40, -1]) {
      const words = { shape: [3, 4], data: new Int32Array(12).fill(row) };
      await expect(step.run({ ...batch, words }, 2)).rejects.toThrow(/row numbers from 0 to 39, received/);
    }
    expect(largestDifference(step, fresh)).toBe(0);
  });

  it('refuses a table that is no parameter, and row numbers that the batch does not have', async () => {
    const made = (tables: Domain['tables']) =>
      createTrainingStep({
        ...{ engine, optimiser: sgd({ learningRate: 1 }) },
        domain: { ...domainOf(true), tables },
        parameters: initialiseModel(domainOf(true), createRandom(1)),
      });
    await expect(made({ 'words/tables': { rows: 'words' } })).rejects.toThrow(/a parameter parameters\/words\/tables/);
    await expect(made({ 'scale/factor': { rows: 'words' } })).rejects.toThrow(
      /of shape \[rows, size\], received \[1\]/,
    );
    await expect(made({ 'words/table': { rows: 'ids' } })).rejects.toThrow(/an int32 input ids of the batch/);
  });
});
