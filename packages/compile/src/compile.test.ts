import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompiledFunction, compile, compileGraph } from './compile.js';
import { GraphBuilder } from './graph-builder.js';
import { nodeRuntime } from './node/index.js';
import type { Runtime } from './runtime.js';
import { bools, floats, ints } from './test-support/tensors.js';

let runtime: Runtime;
let line: CompiledFunction;

beforeAll(async () => {
  await tf.setBackend('cpu');
  runtime = await nodeRuntime({ threads: 1 });
  line = await compile(
    ({ x, slope, unread }) => ({
      y: tf.mul(x as tf.Tensor, slope as tf.Tensor),
      none: tf.zerosLike(unread as tf.Tensor),
    }),
    {
      x: { shape: [2], dtype: 'float32' },
      slope: { shape: [], dtype: 'float32' },
      unread: { shape: [2], dtype: 'int32' },
    },
    { runtime },
  );
});

afterAll(() => line.dispose());

const feeds = { x: floats([1, 2]), slope: floats([3], []), unread: ints([0, 0]) };

describe('a compiled function', () => {
  it('tells the shapes and element types of 3 inputs and 2 outputs', () => {
    expect(line.inputs).toEqual({
      x: { shape: [2], dtype: 'float32' },
      slope: { shape: [], dtype: 'float32' },
      unread: { shape: [2], dtype: 'int32' },
    });
    expect(line.outputs).toEqual({ y: { shape: [2], dtype: 'float32' }, none: { shape: [2], dtype: 'int32' } });
  });

  it('gives 3 and 6 for 1 and 2 times 3, and ignores a feed that it did not ask for', async () => {
    const { y, none } = await line.run({ ...feeds, more: floats([9]) });
    expect(Array.from(y?.data ?? [])).toEqual([3, 6]);
    expect(none?.data).toEqual(Int32Array.of(0, 0));
  });

  it('writes into the tensor it is given, and makes the other', async () => {
    const target = floats([0, 0]);
    const results = await line.run(feeds, { y: target });
    expect(results.y).toBe(target);
    expect(Array.from(target.data)).toEqual([3, 6]);
    expect(results.none?.data).toHaveLength(2);
  });

  it('runs 20 times at once with results of their own', async () => {
    const runs = Array.from({ length: 20 }, (_, index) => line.run({ ...feeds, slope: floats([index], []) }));
    const results = await Promise.all(runs);
    expect(results.map(({ y }) => y?.data[1])).toEqual(results.map((_, index) => 2 * index));
  });

  it('refuses a missing input, naming it and what it should be', async () => {
    await expect(line.run({ x: feeds.x, unread: feeds.unread })).rejects.toThrow(
      /input "slope" is missing; expected float32\[\]/,
    );
  });

  it('refuses a missing input also where it has no effect', async () => {
    await expect(line.run({ x: feeds.x, slope: feeds.slope })).rejects.toThrow(/input "unread" is missing/);
  });

  it('refuses 3 elements, another rank, another type and too little data where it was compiled for float32[2]', async () => {
    const given = [floats([1, 2, 3]), floats([1, 2], [1, 2]), ints([1, 2]), bools([1, 0]), floats([1], [2])];
    for (const x of given) {
      await expect(line.run({ ...feeds, x })).rejects.toThrow(
        /input "x" should be float32\[2\], received .*A compiled function has fixed shapes/,
      );
    }
  });

  it('refuses to write into a tensor of another shape', async () => {
    await expect(line.run(feeds, { y: floats([0]) })).rejects.toThrow(
      /output "y" should be float32\[2\], received float32\[1\]/,
    );
  });

  it('is of no use after dispose()', async () => {
    const short = await compile(
      ({ x }) => ({ y: tf.neg(x as tf.Tensor) }),
      { x: { shape: [], dtype: 'float32' } },
      { runtime },
    );
    await short.dispose();
    await expect(short.run({ x: floats([1], []) })).rejects.toThrow();
  });
});

describe('compileGraph', () => {
  it('refuses a graph with a symbolic axis', async () => {
    const g = new GraphBuilder();
    const x = g.input('x', { shape: [2], dtype: 'float32' });
    const graph = g.finish([['y', g.node('Neg', [x], [2], 'float32')]]);
    const open = { ...graph, inputs: [{ name: 'x', shape: ['batch'], dtype: 'float32' } as const] };
    await expect(compileGraph(open, { runtime })).rejects.toThrow(/axis "batch" is symbolic/);
  });

  it("passes on what the runtime says of an operator that it doesn't know", async () => {
    const g = new GraphBuilder();
    const x = g.input('x', { shape: [2], dtype: 'float32' });
    const graph = g.finish([['y', g.node('NoSuchOperator', [x], [2], 'float32')]]);
    await expect(compileGraph(graph, { runtime })).rejects.toThrow(/could not start a session.*NoSuchOperator/);
  });
});
