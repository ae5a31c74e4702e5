import { describe, expect, it } from 'vitest';
import { compileGraph } from '../compile.js';
import { GraphBuilder, type Traced } from '../graph-builder.js';
import { nodeRuntime } from '../node/index.js';
import { microsoftDomain, toOnnx } from './encode.js';

const run = async (make: (g: GraphBuilder) => readonly (readonly [string, Traced])[]) => {
  const g = new GraphBuilder();
  const compiled = await compileGraph(g.finish(make(g)), {
    runtime: await nodeRuntime({ threads: 1 }),
    passes: () => [],
  });
  try {
    return await compiled.run({});
  } finally {
    await compiled.dispose();
  }
};

describe('toOnnx', () => {
  it('carries constants of 4 element types bit for bit, -0, NaN and the limits of int32 included', async () => {
    const numbers = Float32Array.of(-0, Number.NaN, 1e-45, Number.NEGATIVE_INFINITY);
    const whole = Int32Array.of(-(2 ** 31), 2 ** 31 - 1);
    const results = await run((g) => [
      ['floats', g.constant(numbers, [2, 2], 'float32')],
      ['ints', g.constant(whole, [2], 'int32')],
      ['bools', g.constant(Uint8Array.of(1, 0), [2], 'bool')],
      ['longs', g.cast(g.int64([-7, 9]), 'int32')],
      ['scalar', g.scalar(2.5)],
    ]);
    expect(Object.is(results.floats?.data[0], -0)).toBe(true);
    expect(results.floats?.data).toEqual(numbers);
    expect(results.ints?.data).toEqual(whole);
    expect(results.bools?.data).toEqual(Uint8Array.of(1, 0));
    expect(results.longs?.data).toEqual(Int32Array.of(-7, 9));
    expect(results.scalar?.shape).toEqual([]);
  });

  it('carries a constant that shows part of a larger buffer', async () => {
    const part = new Float32Array(Float32Array.of(1, 2, 3, 4).buffer, 4, 2);
    expect((await run((g) => [['y', g.constant(part, [2], 'float32')]])).y?.data).toEqual(Float32Array.of(2, 3));
  });

  it('carries a constant without elements', async () => {
    const { y } = await run((g) => [['y', g.constant(new Float32Array(0), [0, 3], 'float32')]]);
    expect(y).toEqual({ shape: [0, 3], data: new Float32Array(0) });
  });

  it('carries attributes of 4 kinds: int, ints, float and string', async () => {
    const results = await run((g) => {
      const x = g.constant(Float32Array.of(-1, 2, 3, 4), [1, 4, 1, 1], 'float32');
      return [
        ['int', g.node('CumSum', [x, g.int64([1])], [1, 4, 1, 1], 'float32', { reverse: 1 })],
        ['ints', g.node('Transpose', [x], [1, 1, 1, 4], 'float32', { perm: [0, 2, 3, 1] })],
        ['float', g.node('LeakyRelu', [x], [1, 4, 1, 1], 'float32', { alpha: { float: 0.5 } })],
        ['string', g.node('DepthToSpace', [x], [1, 1, 2, 2], 'float32', { blocksize: 2, mode: 'CRD' })],
      ];
    });
    expect(Array.from(results.int?.data ?? [])).toEqual([8, 9, 7, 4]);
    expect(results.ints?.shape).toEqual([1, 1, 1, 4]);
    expect(Array.from(results.float?.data ?? [])).toEqual([-0.5, 2, 3, 4]);
    expect(Array.from(results.string?.data ?? [])).toEqual([-1, 2, 3, 4]);
  });

  it("carries an operator of the runtime's own set", async () => {
    const { y } = await run((g) => [
      ['y', g.node('Gelu', [g.constant(Float32Array.of(1), [1], 'float32')], [1], 'float32', {}, microsoftDomain)],
    ]);
    expect(y?.data[0]).toBeCloseTo(0.841345, 5);
  });

  it('writes the same 1 file for the same graph', () => {
    const make = () => {
      const g = new GraphBuilder();
      const x = g.input('x', { shape: [2], dtype: 'float32' });
      return toOnnx(g.finish([['y', g.node('Exp', [x], [2], 'float32')]]), { name: 'exp', metadata: { a: 'b' } });
    };
    expect(make()).toEqual(make());
  });
});
