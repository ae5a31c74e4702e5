import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompiledFunction, compile, compileGraph } from './compile.js';
import type { Node } from './graph.js';
import { GraphBuilder } from './graph-builder.js';
import { nodeRuntime } from './node/index.js';
import { applyPasses, standardPasses } from './passes/index.js';
import type { Purpose } from './passes/lower-primitives.js';
import { blockConv1d } from './primitives/block-conv1d.js';
import type { Runtime } from './runtime.js';
import { largestDifference, scaleOf } from './test-support/compare.js';
import { bools, floats, ints } from './test-support/tensors.js';
import { type PureFunction, trace } from './trace.js';

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

const two = { a: { shape: [2], dtype: 'float32' }, b: { shape: [2], dtype: 'float32' } } as const;
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

  it('refuses to write into memory that an input or another output lies in, naming both', async () => {
    const memory = new Float32Array(6);
    const part = (start: number) => ({ shape: [2], data: memory.subarray(start, start + 2) });
    await expect(line.run({ ...feeds, x: part(0) }, { y: part(0) })).rejects.toThrow(
      /input "x" and output "y" share memory.*createState/,
    );
    await expect(line.run({ ...feeds, x: part(1) }, { y: part(0) })).rejects.toThrow(/share memory/);
    const none = { shape: [2], data: new Int32Array(memory.buffer, 4, 2) };
    await expect(line.run(feeds, { y: part(0), none })).rejects.toThrow(/output "y" and output "none" share memory/);
    await expect(line.run({ ...feeds, unread: none }, { y: part(2) })).rejects.toThrow(/"unread" and output "y" share/);
  });

  it('takes parts of one buffer that lie side by side, and reads one array as 2 inputs', async () => {
    const memory = new Float32Array(6);
    memory.set([1, 2]);
    const part = (start: number) => ({ shape: [2], data: memory.subarray(start, start + 2) });
    const none = { shape: [2], data: new Int32Array(memory.buffer, 16, 2) };
    const { y } = await line.run({ ...feeds, x: part(0) }, { y: part(2), none });
    expect(Array.from(y?.data ?? [])).toEqual([3, 6]);
    expect(Array.from(memory)).toEqual([1, 2, 3, 6, 0, 0]);
    const sum = await compile(({ a, b }) => ({ y: tf.add(a as tf.Tensor, b as tf.Tensor) }), two, { runtime });
    expect((await sum.run({ a: feeds.x, b: feeds.x })).y?.data).toEqual(Float32Array.of(2, 4));
    await sum.dispose();
  });

  it('refuses to write into an output that it does not have, naming those it has', async () => {
    await expect(line.run(feeds, { z: floats([0, 0]) })).rejects.toThrow(
      /into names "z", which is no output; outputs are y, none/,
    );
  });

  it('refuses an array that holds no element type, naming it', async () => {
    const wide = { shape: [2], data: new Float64Array(2) as never };
    await expect(line.run({ ...feeds, x: wide })).rejects.toThrow(/received Float64Array/);
  });

  it('is of no use after dispose()', async () => {
    const short = await compile(
      ({ x }) => ({ y: tf.neg(x as tf.Tensor) }),
      { x: { shape: [], dtype: 'float32' } },
      { runtime },
    );
    await short.dispose();
    await short.dispose();
    const refused = short.run({ x: floats([1], []) });
    await expect(refused).rejects.toThrow(/used after dispose\(\)\. Make another with compile/);
    await expect(refused).rejects.toBeInstanceOf(CompileError);
  });

  it('passes on what the runtime says of a run that fails, as a CompileError that tells of toText', async () => {
    const g = new GraphBuilder();
    const places = g.input('places', { shape: [1], dtype: 'int32' });
    const rows = g.constant(Float32Array.of(1, 2), [2], 'float32');
    const picked = await compileGraph(g.finish([['y', g.node('Gather', [rows, places], [1], 'float32')]]), { runtime });
    expect((await picked.run({ places: ints([1]) })).y?.data[0]).toBe(2);
    const refused = picked.run({ places: ints([5]) });
    await expect(refused).rejects.toThrow(/ONNX Runtime failed: .*indices.*toText\(graph\)/s);
    await expect(refused).rejects.toBeInstanceOf(CompileError);
    await picked.dispose();
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

describe('constants', () => {
  const kernel = { shape: [4, 3, 5], data: Float32Array.from({ length: 60 }, (_, index) => Math.sin(7 * index)) };
  const bias = { shape: [5], data: Float32Array.of(0.1, -0.2, 0.3, -0.4, 0.5) };
  const x = { shape: [2, 9, 3], data: Float32Array.from({ length: 54 }, (_, index) => Math.cos(3 * index)) };
  const specs = {
    x: { shape: [2, 9, 3], dtype: 'float32' },
    kernel: { shape: [4, 3, 5], dtype: 'float32' },
    bias: { shape: [5], dtype: 'float32' },
  } as const;
  const options = { stride: 2, padBefore: 1, padAfter: 2 };
  const convolved: PureFunction = (inputs) => {
    const hidden = tf.relu(blockConv1d(inputs.x as tf.Tensor, inputs.kernel as tf.Tensor, options, inputs.bias));
    return { y: tf.sum(hidden, 2), hidden };
  };

  it('give what they give as inputs, and are asked for no more', async () => {
    const fed = await compile(convolved, specs, { runtime });
    const bound = await compile(convolved, { x: specs.x }, { runtime, constants: { kernel, bias } });
    expect(Object.keys(bound.inputs)).toEqual(['x']);
    const expected = await fed.run({ x, kernel, bias });
    const received = await bound.run({ x });
    expect(received.hidden?.shape).toEqual([2, 5, 5]);
    for (const [name, value] of Object.entries(expected)) {
      expect(largestDifference(value, received[name])).toBeLessThan(1e-6 * scaleOf(value));
    }
    await Promise.all([fed.dispose(), bound.dispose()]);
  });

  it('ask the passes for inference, inputs alone for training', async () => {
    const asked: string[] = [];
    const passes = (purpose: Purpose) => {
      asked.push(purpose);
      return standardPasses(purpose);
    };
    for (const constants of [{ kernel, bias }, {}]) {
      await (await compile(convolved, specs, { runtime, passes, constants })).dispose();
    }
    expect(asked).toEqual(['infer', 'train']);
  });

  it('turn a convolution and its ReLU into two neighbours over two axes', () => {
    const { nodes } = applyPasses(trace(convolved, specs), standardPasses('infer'));
    const [first, second] = nodes.filter(({ op }) => op === 'Conv' || op === 'Relu');
    expect(first).toMatchObject({
      op: 'Conv',
      attributes: { kernel_shape: [1, 4], strides: [1, 2], pads: [0, 1, 0, 2] },
    });
    expect(second).toMatchObject({ op: 'Relu', inputs: (first as Node).outputs });
  });

  it('are refused where a graph has no such input, or one of another shape', async () => {
    const g = new GraphBuilder();
    const graph = g.finish([['y', g.node('Neg', [g.input('x', specs.bias)], [5], 'float32')]]);
    await expect(compileGraph(graph, { runtime, constants: { bias } })).rejects.toThrow(
      /compile: constants names "bias", which is no input; inputs are x/,
    );
    await expect(compileGraph(graph, { runtime, constants: { x: kernel } })).rejects.toThrow(
      /constant "x" should be float32\[5\], received/,
    );
  });
});
