import { createRandom } from '@cpc/base';
import { describeLayer, type LayerCase, type LayerNumbers } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../node/engines.js';
import { embedding, initialiseEmbedding } from './embedding.js';
import { normalArray } from './initialisers.js';

const random = createRandom(7);
const size = 3;

function loops({ table = [], ids = [] }: LayerNumbers): number[] {
  return Array.from(ids).flatMap((id) => Array.from({ length: size }, (_, place) => table[id * size + place] ?? 0));
}

function caseOf(name: string, shape: readonly number[], ids: readonly number[]): LayerCase {
  return {
    name,
    inputs: { table: normalArray([5, size], 1, random.fold('table')), ids: { shape, data: Int32Array.from(ids) } },
    apply: ({ table, ids }) => embedding({ table: table as tf.Tensor }, ids as tf.Tensor),
    loops,
  };
}

describeLayer('embedding', [
  caseOf('of a sentence', [4], [4, 0, 2, 1]),
  caseOf('of one id six times', [6], [3, 3, 3, 3, 3, 3]),
  caseOf('of a batch with duplicates within and between items', [2, 4], [1, 4, 1, 1, 0, 4, 4, 1]),
  caseOf('of rank 3', [2, 1, 2], [0, 0, 4, 2]),
  caseOf('of a single id', [], [2]),
]);

describe('embedding', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('gives row 3 a gradient of 6 where it is read 6 times, and rows never read 0', () => {
    const ids = tf.tensor1d([3, 3, 3, 1, 3, 3, 3], 'int32');
    const gradient = tf.grad((table: tf.Tensor) => tf.sum(embedding({ table }, ids)))(tf.zeros([5, 2]));
    expect(Array.from(gradient.dataSync())).toEqual([0, 0, 1, 1, 0, 0, 6, 6, 0, 0]);
  });

  it('has an error of the engine for the id 5 of a table of 5 rows', async () => {
    for (const name of ['cpu', 'onnx'] as const) {
      const engine = await createEngine({ name });
      const lookUp = await engine.compile(
        ({ table, ids }) => ({ rows: embedding({ table: table as tf.Tensor }, ids as tf.Tensor) }),
        { table: { shape: [5, 2], dtype: 'float32' }, ids: { shape: [2], dtype: 'int32' } },
      );
      const table = { shape: [5, 2], data: new Float32Array(10) };
      await expect(lookUp.run({ table, ids: { shape: [2], data: Int32Array.of(0, 5) } })).rejects.toThrow(/5/);
      await lookUp.dispose();
    }
  });

  it('starts with vectors of length 1 on average: 1000 squared lengths have mean 1 within 0.02', () => {
    const { table } = initialiseEmbedding({ rows: 1000, size: 64 }, random);
    expect(table.shape).toEqual([1000, 64]);
    expect(Math.abs(table.data.reduce((sum, value) => sum + value * value, 0) / 1000 - 1)).toBeLessThan(0.02);
  });

  it('starts with vectors that are 5 times as long at scale 5', () => {
    const at = (scale: number) => initialiseEmbedding({ rows: 3, size: 8, scale }, random).table.data;
    const once = at(1);
    expect(at(5).every((value, index) => Math.abs(value - 5 * (once[index] ?? 0)) < 1e-6)).toBe(true);
    expect(Math.max(...once.map(Math.abs))).toBeGreaterThan(0.1);
  });

  it('refuses ids of type float32 and a table of rank 1, naming each', () => {
    expect(() => embedding({ table: tf.zeros([5, 2]) }, tf.zeros([3]))).toThrow(/ids of type int32, received float32/);
    expect(() => embedding({ table: tf.zeros([5]) }, tf.zeros([3], 'int32'))).toThrow(
      /a table of shape \[rows, size\], received \[5\]/,
    );
  });
});
