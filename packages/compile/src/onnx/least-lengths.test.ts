import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { exportOnnx } from '../export/export-onnx.js';
import { nodeRuntime } from '../node/index.js';
import { leastLength } from './least-lengths.js';
import { loadOnnx } from './load.js';
import { readOnnx } from './read.js';

const exported = (atLeast: number) =>
  exportOnnx(
    ({ x }) => ({ y: tf.relu(x as tf.Tensor2D) }),
    { x: { shape: ['batch', 'samples'], dtype: 'float32' } },
    { axes: { batch: { example: 2 }, samples: { example: 9, atLeast } }, metadata: { seed: '1' } },
  );

describe('an exported file whose axis has at least 3', () => {
  it('says so in its metadata, beside what else they hold', () => {
    expect(readOnnx(exported(3)).metadata).toEqual({ seed: '1', 'axes.samples.atLeast': '3' });
    expect(readOnnx(exported(1)).metadata).toEqual({ seed: '1' });
  });

  it('runs with 3 and refuses 2 by the name of the axis', async () => {
    const model = await loadOnnx(exported(3), { runtime: await nodeRuntime({ threads: 1 }) });
    const run = (length: number) => model.run({ x: { shape: [1, length], data: new Float32Array(length) } });
    expect((await run(3)).y?.shape).toEqual([1, 3]);
    await expect(run(2)).rejects.toThrow('the axis "samples" should be at least 3 long, received 2');
    await model.dispose();
  });
});

it('refuses 0 and 1.5 as a least length', () => {
  for (const atLeast of [0, 1.5]) expect(() => exported(atLeast)).toThrow(/atLeast to be a whole number of at least 1/);
});

it('is 0 for other axes, for what is no number, and for names of Object.prototype', () => {
  for (const value of ['x', '1e99', '']) expect(leastLength({ 'axes.a.atLeast': value }, 'a')).toBe(0);
  expect(leastLength({}, 'toString')).toBe(0);
});
