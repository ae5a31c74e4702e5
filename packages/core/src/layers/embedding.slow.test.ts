/** The gradient of an embedding where thousands of places read a few rows, on two threads, a thousand times. */

import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { createEngine } from '../node/engines.js';
import { embedding } from './embedding.js';
import { normalArray } from './initialisers.js';

it('is right and the same to the last bit in 1,000 runs on 2 threads, 8,192 places reading 11 rows of 50', async () => {
  const [rows, size, places] = [50, 16, 8192];
  const random = createRandom(1);
  const engine = await createEngine({ name: 'onnx', threads: 2 });
  const slope = await engine.compile(
    ({ table, ids, weights }) => {
      const loss = (leaf: tf.Tensor) =>
        tf.sum<tf.Scalar>(tf.mul(embedding({ table: leaf }, ids as tf.Tensor), weights as tf.Tensor));
      return { gradient: tf.grad(loss)(table as tf.Tensor) };
    },
    {
      table: { shape: [rows, size], dtype: 'float32' },
      ids: { shape: [64, places / 64], dtype: 'int32' },
      weights: { shape: [64, places / 64, size], dtype: 'float32' },
    },
  );
  const ids = Int32Array.from({ length: places }, () => 4 * random.integer(11));
  const weights = normalArray([64, places / 64, size], 1, random);
  const table = normalArray([rows, size], 1, random);
  const feeds = { table, weights, ids: { shape: [64, places / 64], data: ids } };
  const expected = new Float64Array(rows * size);
  for (const [index, value] of weights.data.entries()) {
    const place = (ids[Math.floor(index / size)] ?? 0) * size + (index % size);
    expected[place] = (expected[place] ?? 0) + value;
  }
  const first = (await slope.run(feeds)).gradient?.data;
  for (const [place, value] of expected.entries()) expect(first?.[place]).toBeCloseTo(value, 3);
  let different = 0;
  for (let run = 1; run < 1000; run++) {
    const again = (await slope.run(feeds)).gradient?.data;
    if (!again?.every((value, index) => value === first?.[index])) different++;
  }
  await slope.dispose();
  expect(different).toBe(0);
}, 600_000);
