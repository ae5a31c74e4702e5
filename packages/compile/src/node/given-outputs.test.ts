import * as tf from '@tensorflow/tfjs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.js';
import { toOnnx } from '../onnx/encode.js';
import { trace } from '../trace.js';
import { withListFirst } from './given-outputs.js';
import { nodeRuntime } from './index.js';

const length = 100;
const inputs = { x: { shape: [length], dtype: 'float32' } } as const;
const plusOne = ({ x }: Readonly<Record<string, tf.Tensor>>) => ({
  y: tf.add(x as tf.Tensor, 1),
  sum: tf.sum(x as tf.Tensor),
});
const twos = () => new Float32Array(length).fill(2);

describe('the runtime', () => {
  it('refuses to return a list only when all outputs are written, and before it copies the first', async () => {
    const session = await InferenceSession.create(withListFirst(toOnnx(trace(plusOne, inputs))));
    const [list = '', ...others] = session.outputNames;
    expect(others).toEqual(['y', 'sum']);
    const [y, sum] = [new Tensor(new Float32Array(length), [length]), new Tensor(new Float32Array(1), [])];
    const running = session.run({ x: new Tensor(twos(), [length]) }, { [list]: null, y, sum });
    await expect(running).rejects.toThrow(/^Non tensor type/);
    expect([y.data[0], y.data[length - 1], sum.data[0]]).toEqual([3, 3, 2 * length]);
    await session.release();
  });
});

describe('a compiled function', () => {
  it('writes into tensors that are given, and into new ones where none is', async () => {
    const fn = await compile(plusOne, inputs, { runtime: await nodeRuntime({ threads: 1 }) });
    const x = { shape: [length], data: twos() };
    const into = { y: { shape: [length], data: new Float32Array(length) } };
    const { y, sum } = await fn.run({ x }, into);
    expect(y).toBe(into.y);
    expect([into.y.data[0], into.y.data[length - 1], sum?.data[0]]).toEqual([3, 3, 2 * length]);
    const [first, second] = [await fn.run({ x }), await fn.run({ x })];
    expect(first.y?.data[5]).toBe(3);
    expect(second.y?.data).not.toBe(first.y?.data);
    expect(Object.keys(first)).toEqual(['y', 'sum']);
    await fn.dispose();
  });

  it('still tells what else goes wrong', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    const session = await runtime.createSession(toOnnx(trace(plusOne, inputs)), 'given-outputs');
    const y = runtime.createTensor('float32', new Float32Array(length), [length]);
    const short = runtime.createTensor('float32', new Float32Array(2), [2]);
    await expect(session.run({ x: short }, { y })).rejects.toThrow(/invalid dimensions/);
    expect(session.outputNames).toEqual(['y', 'sum']);
    await session.release();
  });
});
