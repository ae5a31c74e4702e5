import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { createVocabulary, unknownWord } from '../data/vocabulary.js';
import { expandVocabulary, type WordVector } from './expand-vocabulary.js';
import { applyMap, createLeastSquares } from './least-squares.js';

const random = createRandom(3);
const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());

describe('createLeastSquares', () => {
  it('finds y = x A + b again from 60 rows without noise, to 1e-8', () => {
    const [weights, intercept] = [normals(5 * 2), normals(2)];
    const truth = { weights, intercept, inputs: 5, outputs: 2 };
    const squares = createLeastSquares(5, 2);
    for (let row = 0; row < 60; row++) {
      const inputs = normals(5);
      const outputs = [0, 1].map((output) =>
        inputs.reduce((sum, value, input) => sum + value * (weights[2 * input + output] ?? 0), intercept[output] ?? 0),
      );
      squares.add(inputs, outputs);
    }
    const found = squares.solve();
    for (const name of ['weights', 'intercept'] as const)
      for (const [index, value] of truth[name].entries()) expect(found[name][index]).toBeCloseTo(value, 8);
  });

  it('leaves errors that no input explains: their products with every input and with 1 sum to 0, to 1e-8', () => {
    const rows = Array.from({ length: 40 }, () => ({ inputs: normals(3), outputs: normals(2) }));
    const squares = createLeastSquares(3, 2);
    for (const { inputs, outputs } of rows) squares.add(inputs, outputs);
    const { weights, intercept } = squares.solve();
    for (const output of [0, 1]) {
      const errors = rows.map(({ inputs, outputs }) =>
        inputs.reduce(
          (sum, value, input) => sum - value * (weights[2 * input + output] ?? 0),
          (outputs[output] ?? 0) - (intercept[output] ?? 0),
        ),
      );
      for (const input of [0, 1, 2, 3]) {
        const sum = errors.reduce((total, error, row) => total + error * (rows[row]?.inputs[input] ?? 1), 0);
        expect(Math.abs(sum)).toBeLessThan(1e-8);
      }
    }
  });

  it('stays finite where one input is another one doubled, and predicts as well', () => {
    const squares = createLeastSquares(2, 1);
    for (const value of [1, 2, 3, 5]) squares.add([value, 2 * value], [7 * value + 1]);
    expect(applyMap(squares.solve(), [4, 8])[0]).toBeCloseTo(29, 4);
  });

  it('refuses 3 rows for 3 inputs and an intercept', () => {
    const squares = createLeastSquares(3, 1);
    for (let row = 0; row < 3; row++) squares.add(normals(3), [1]);
    expect(() => squares.solve()).toThrow(/at least 4 rows for 3 inputs and an intercept, received 3/);
  });
});

describe('expandVocabulary', () => {
  const words = Array.from({ length: 9 }, (_, index) => `w${index}`);
  const vocabulary = createVocabulary([unknownWord, ...words]);
  /** A learned vector is [x + 2 y, x - y, 3] of the given [x, y]. */
  const given = new Map([...words, 'new', 'NEWER'].map((word) => [word, [random.normal(), random.normal()]]));
  const learned = ([x = 0, y = 0]: readonly number[] = []) => [x + 2 * y, x - y, 3];
  const data = Float32Array.from([0, 0, 0, ...words.flatMap((word) => learned(given.get(word)))]);
  const table = { shape: [10, 3], data };
  async function* vectors(): AsyncGenerator<WordVector> {
    for (const [word, vector] of given) yield { word, vector };
    yield { word: 'newer', vector: [9, 9] };
  }

  it('gives 2 new words the vectors that the map of 9 shared ones says, to 1e-5; learned vectors stay to the last bit', async () => {
    const expanded = await expandVocabulary({ vocabulary, table, vectors });
    expect(expanded.vocabulary.words).toEqual([unknownWord, ...words, 'new', 'newer']);
    expect([expanded.shared, expanded.added, expanded.table.shape]).toEqual([9, 2, [12, 3]]);
    expect(expanded.table.data.slice(0, 30)).toEqual(data);
    for (const [place, word] of ['new', 'NEWER'].entries())
      for (const [entry, value] of learned(given.get(word)).entries())
        expect(expanded.table.data[30 + 3 * place + entry]).toBeCloseTo(value, 5);
  });

  it('adds only words that are wanted', async () => {
    const expanded = await expandVocabulary({ vocabulary, table, vectors, isWanted: (word) => word === 'new' });
    expect(expanded.vocabulary.words.slice(10)).toEqual(['new']);
  });

  it('refuses vectors that share 2 words where the map has 2 inputs, and vectors of two sizes', async () => {
    async function* few(): AsyncGenerator<WordVector> {
      for (const word of ['w0', 'w1', 'other']) yield { word, vector: [1, 2] };
    }
    await expect(expandVocabulary({ vocabulary, table, vectors: few })).rejects.toThrow(
      /more than 2 words .*received 2 of 9/,
    );
    async function* uneven(): AsyncGenerator<WordVector> {
      yield { word: 'w0', vector: [1, 2] };
      yield { word: 'w1', vector: [1] };
    }
    await expect(expandVocabulary({ vocabulary, table, vectors: uneven })).rejects.toThrow(
      /vector of w1: expected 2 numbers/,
    );
  });
});
