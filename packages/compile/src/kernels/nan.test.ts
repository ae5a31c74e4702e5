/** What becomes of NaN where the runtime treats it otherwise than TensorFlow.js; the README lists it. */
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { compiled, eagerly } from '../test-support/compare.js';
import { floats } from '../test-support/tensors.js';
import type { NamedTensors } from '../trace.js';

const { NaN: nan } = Number;

/** The result for the three places of one NaN among 1 and 3, eagerly and compiled. */
async function bothWays(fn: (x: tf.Tensor) => tf.Tensor): Promise<{ tfjs: number[]; here: number[] }> {
  const rows = { x: floats([nan, 1, 3, 1, nan, 3, 1, 3, nan], [3, 3]) };
  const y = ({ x }: NamedTensors) => ({ y: fn(x as tf.Tensor) });
  const [eager, run] = [await eagerly(y, rows), await compiled(y, rows)];
  return { tfjs: Array.from(eager.y?.data ?? []), here: Array.from(run.y?.data ?? []) };
}

it('max and min: NaN in TensorFlow.js, here only if it stands first, else passed over', async () => {
  expect(await bothWays((x) => tf.max(x, 1))).toEqual({ tfjs: [nan, nan, nan], here: [nan, 3, 3] });
  expect(await bothWays((x) => tf.min(x, 1))).toEqual({ tfjs: [nan, nan, nan], here: [nan, 1, 1] });
});

it('argMax: TensorFlow.js passes over a NaN unless it stands first, here a NaN in a vector may win', async () => {
  const middle = (x: tf.Tensor) => tf.argMax(tf.reshape(tf.slice(x, [1, 0], [1, -1]), [3])); // of 1, NaN, 3
  const { tfjs, here } = await bothWays(middle);
  expect(tfjs).toEqual([2]);
  expect([1, 2]).toContain(here[0]);
});

it('sign: 0 in TensorFlow.js, NaN here', async () => {
  expect(await bothWays((x) => tf.sign(tf.slice(x, [0, 0], [1, -1])))).toEqual({ tfjs: [0, 1, 1], here: [nan, 1, 1] });
});

it('sum, mean, maximum, logSumExp and softmax are NaN in both', async () => {
  for (const fn of [
    (x: tf.Tensor) => tf.sum(x, 1),
    (x: tf.Tensor) => tf.mean(x, 1),
    (x: tf.Tensor) => tf.logSumExp(x, 1),
    (x: tf.Tensor) => tf.max(tf.slice(tf.softmax(x), [0, 0], [-1, 1]), 1),
    (x: tf.Tensor) => tf.sum(tf.maximum(x, 2), 1),
  ])
    expect(await bothWays(fn)).toEqual({ tfjs: [nan, nan, nan], here: [nan, nan, nan] });
});
