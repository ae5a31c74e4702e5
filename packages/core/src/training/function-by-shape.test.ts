import { compile, type NamedSpecs } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { createFunctionByShape } from './function-by-shape.js';

const ofLength = (length: number): NamedSpecs => ({ x: { shape: [length], dtype: 'float32' } });
const numbers = (...values: number[]) => ({ x: { shape: [values.length], data: Float32Array.from(values) } });

async function sums(lengths: readonly number[]) {
  const runtime = await nodeRuntime({ threads: 1 });
  const made: number[] = [];
  const sum = await createFunctionByShape(lengths.map(ofLength), (batch) => {
    made.push(batch.x?.shape[0] ?? 0);
    return compile(({ x }) => ({ sum: tf.sum(x as tf.Tensor) }), batch, { runtime });
  });
  return { sum, made, of: async (...values: number[]) => (await sum.run(numbers(...values))).sum?.data[0] };
}

it('computes batches of 2 and 3 numbers, each function made once, when it is first needed', async () => {
  const { sum, made, of } = await sums([4, 3, 2]);
  expect(made).toEqual([]);
  expect([await of(1, 2), await of(1, 2, 3), await of(5, 6)]).toEqual([3, 6, 11]);
  expect(made).toEqual([2, 3]);
  await sum.dispose();
});

it('makes the function of the only shape at once', async () => {
  const { sum, made } = await sums([4]);
  expect(made).toEqual([4]);
  await sum.dispose();
});

it('refuses 5 numbers where there are functions of 4 and 3', async () => {
  const { sum, of } = await sums([4, 3]);
  await expect(of(1, 2, 3, 4, 5)).rejects.toThrow(/float32\[4\], received float32\[5\]/);
  await sum.dispose();
});
