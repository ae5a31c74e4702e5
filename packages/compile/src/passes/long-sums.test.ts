import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { compileGraph } from '../compile.js';
import type { Graph } from '../graph.js';
import { GraphBuilder } from '../graph-builder.js';
import { nodeRuntime } from '../node/index.js';
import { linesOf } from '../test-support/passes.js';
import { trace } from '../trace.js';
import { standardPasses } from './index.js';
import { longSums } from './long-sums.js';

const sumOf = (shape: readonly number[], axes: number[], keepDims = false) =>
  trace(({ x }) => ({ y: tf.sum(x as tf.Tensor, axes, keepDims) }), { x: { shape, dtype: 'float32' } });

/** Lengths of what the pass makes reductions of. */
const reductions = (graph: Graph) =>
  linesOf(longSums.apply(graph)).flatMap((line) => /float32(\[.*\]) = Reduce(?:Sum|Mean)\(/.exec(line)?.[1] ?? []);

it('sums 6000 rows of 3 as 75 sums of 80 rows, and these as one', () => {
  expect(reductions(sumOf([30, 200, 3], [0, 1]))).toEqual(['[75, 3]', '[3]']);
});

it('sums all numbers, takes means of means, and keeps axes that are to be kept', async () => {
  expect(reductions(sumOf([1024, 1024], [0, 1]))).toEqual(['[32, 32, 32]', '[32, 32]', '[32]', '[]']);
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2048, 2], dtype: 'float32' });
  const mean = g.node('ReduceMean', [x, g.int64([-2])], [1, 2], 'float32', { keepdims: 1 });
  const graph = g.finish([['y', mean]]);
  expect(reductions(graph)).toEqual(['[32, 2]', '[2]']);
  const compiled = await compileGraph(graph, { runtime: await nodeRuntime({ threads: 1 }) });
  const { y } = await compiled.run({ x: { shape: [2048, 2], data: Float32Array.from({ length: 4096 }, (_, i) => i) } });
  expect(y).toEqual({ shape: [1, 2], data: Float32Array.of(2047, 2048) });
  await compiled.dispose();
});

it('leaves 1023 rows, a prime number of rows, 1048575 single numbers, other axes and integers as they are', async () => {
  for (const graph of [
    sumOf([1023, 2], [0]),
    sumOf([1031, 2], [0]),
    sumOf([1_048_575], [0]),
    sumOf([2, 2048], [1]),
    sumOf([2048, 2, 2], [0, 2]),
    trace(({ x }) => ({ y: tf.sum(x as tf.Tensor, 0) }), { x: { shape: [2048, 2], dtype: 'int32' } }),
  ])
    expect(longSums.apply(graph).nodes).toEqual(graph.nodes);
});

it('sums 2 million tenths to 2e-7 of what they make, which one float32 misses by 1e-5 and more', async () => {
  const runtime = await nodeRuntime({ threads: 2 });
  const x = { shape: [2_000_000], data: new Float32Array(2_000_000).fill(0.1) };
  const error = async (without: string) => {
    const passes = () => standardPasses('train').filter(({ name }) => name !== without);
    const total = await compileGraph(sumOf([2_000_000], [0]), { runtime, passes });
    const { y } = await total.run({ x });
    await total.dispose();
    return Math.abs(Number(y?.data[0]) / (2_000_000 * Math.fround(0.1)) - 1);
  };
  expect(await error('none')).toBeLessThan(2e-7);
  expect(await error(longSums.name)).toBeGreaterThan(1e-5);
});
