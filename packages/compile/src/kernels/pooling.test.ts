import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { compile } from '../compile.js';
import { nodeRuntime } from '../node/index.js';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { countsWithin, floats } from '../test-support/tensors.js';

type Pool = typeof tf.maxPool;

const grids = [
  { x: [2, 4, 6, 3], size: 2, strides: 2, pad: 'valid' },
  { x: [1, 5, 5, 2], size: 3, strides: 1, pad: 'valid' },
  { x: [1, 5, 6, 2], size: 3, strides: 2, pad: 'same' },
  { x: [2, 5, 4, 1], size: [2, 3] as [number, number], strides: [1, 2] as [number, number], pad: 'same' },
  { x: [1, 3, 3, 2], size: 1, strides: 1, pad: 'same' },
  { x: [1, 7, 5, 2], size: 2, strides: 3, pad: 'valid' },
  { x: [1, 4, 4, 1], size: 3, strides: 2, pad: 1 },
] as const;

/** At padded edges the mean's gradient in TensorFlow.js divides by the whole window. */
const pools = (
  [
    ['maxPool', tf.maxPool],
    ['avgPool', tf.avgPool],
  ] as [string, Pool][]
).flatMap(([name, pool]) =>
  grids.map(
    ({ x, size, strides, pad }): KernelCase => ({
      name: `${name} of [${x}], window ${size}, stride ${strides}, pad ${pad}`,
      fn: (image) => pool(image as tf.Tensor4D, size, strides, pad),
      inputs: [values(x)],
      finiteDifferences: name === 'maxPool' || pad === 'valid',
    }),
  ),
);

describeKernels('pooling kernels', [
  {
    name: 'maxPool of an empty batch',
    fn: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same'),
    inputs: [floats([], [0, 4, 4, 2])],
    gradients: [],
  },
  {
    name: 'avgPool of an empty batch',
    fn: (x) => tf.avgPool(x as tf.Tensor4D, 2, 1, 'valid'),
    inputs: [floats([], [0, 4, 4, 2])],
    gradients: [],
  },
  ...pools,
  {
    name: 'maxPool of ties goes to the first',
    fn: (x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'),
    inputs: [floats([1, 2, 2, 2, 2, 1, 0, 2, 2], [1, 3, 3, 1])],
    finiteDifferences: false,
  },
  {
    name: 'maxPool of integers',
    fn: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same'),
    inputs: [countsWithin(-9, 9, [1, 3, 3, 1])],
  },
  {
    name: 'maxPool of all below 0, padded',
    fn: (x) => tf.maxPool(x as tf.Tensor4D, 3, 1, 'same'),
    inputs: [floats([-3, -2, -1, -4], [1, 2, 2, 1])],
  },
  {
    name: 'pool, dilated',
    fn: (x) => tf.pool(x as tf.Tensor4D, 2, 'max', 'valid', 2, 1),
    inputs: [values([1, 6, 6, 2])],
    gradients: [],
  },
]);

it("gives a maximum's gradient the same bits in 1,000 runs on 2 threads, windows overlapping", async () => {
  const picture = values([2, 24, 24, 4]);
  const pooled = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 5, 1, 'same');
  const run = await compile(
    ({ x }) => ({ d: tf.grad(pooled)(x as tf.Tensor) }),
    { x: { shape: picture.shape, dtype: 'float32' } },
    { runtime: await nodeRuntime({ threads: 2 }) },
  );
  const first = (await run.run({ x: picture })).d?.data;
  const shared = first?.filter((value) => value > 1).length ?? 0;
  let different = 0;
  for (let repeat = 1; repeat < 1000; repeat++) {
    const again = (await run.run({ x: picture })).d?.data;
    if (!again?.every((value, index) => value === first?.[index])) different++;
  }
  await run.dispose();
  expect(shared).toBeGreaterThan(100);
  expect(different).toBe(0);
});
