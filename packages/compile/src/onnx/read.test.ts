import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { exportOnnx } from '../export/export-onnx.js';
import { nodeRuntime } from '../node/index.js';
import { loadOnnx } from './load.js';
import { MessageWriter } from './protobuf.js';
import { fieldsOf } from './protobuf-reader.js';
import { readOnnx } from './read.js';

const file = exportOnnx(
  ({ x, flag }) => ({ y: tf.relu(tf.where(flag as tf.Tensor, x as tf.Tensor, tf.zerosLike(x as tf.Tensor))) }),
  { x: { shape: ['batch', 3], dtype: 'float32' }, flag: { shape: ['batch', 3], dtype: 'bool' } },
  { axes: { batch: { example: 2 } }, name: 'gate', metadata: { label: 'äöü', empty: '' } },
);

describe('readOnnx', () => {
  it('tells name, 2 metadata entries, 2 inputs and 1 output', () => {
    expect(readOnnx(file)).toMatchObject({
      name: 'gate',
      metadata: { label: 'äöü', empty: '' },
      inputs: { x: { shape: ['batch', 3], dtype: 'float32' }, flag: { shape: ['batch', 3], dtype: 'bool' } },
      outputs: { y: { shape: ['batch', 3], dtype: 'float32' } },
    });
  });

  it('reads a file cut off after any number of bytes as less or refuses it, and never fails otherwise', () => {
    for (let length = 0; length < file.length; length++) {
      try {
        readOnnx(file.subarray(0, length));
      } catch (error) {
        expect(CompileError.isInstance(error), `cut after ${length} bytes: ${String(error)}`).toBe(true);
      }
    }
  });

  it('finds 1 operator set, the standard one, in a file that uses no other', () => {
    expect([...fieldsOf(file)].filter(({ number }) => number === 8)).toHaveLength(1);
  });

  it('refuses text', () => {
    expect(() => readOnnx(new TextEncoder().encode('not a model'))).toThrow(/not an ONNX/);
  });
});

describe('fieldsOf', () => {
  it("reads 300 from the varint AC 02 of protobuf's own example", () => {
    expect([...fieldsOf(Uint8Array.of(0x08, 0xac, 0x02))]).toMatchObject([{ number: 1, integer: 300n }]);
  });

  it('skips 4 and 8 fixed bytes', () => {
    const message = Uint8Array.of(0x0d, 0, 0, 0, 0, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0x18, 0x07);
    expect([...fieldsOf(message)].map(({ number, integer }) => [number, integer])).toEqual([
      [1, 0n],
      [2, 0n],
      [3, 7n],
    ]);
  });
});

describe('axes without a name', () => {
  /** y = a + b along 2 axes that the file gives no length, and no name or an empty one. */
  const unnamed = () => {
    const node = new MessageWriter().text(1, 'a').text(2, 'y').text(4, 'Neg');
    const other = new MessageWriter().text(1, 'b').text(2, 'z').text(4, 'Neg');
    const value = (name: string) => {
      const shape = new MessageWriter()
        .message(1, new MessageWriter())
        .message(1, new MessageWriter().text(2, ''))
        .message(1, new MessageWriter().text(3, 'denotation').integer(1, 2));
      const tensor = new MessageWriter().integer(1, 1).message(2, shape);
      return new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor));
    };
    const graph = new MessageWriter().message(1, node).message(1, other).text(2, 'unnamed');
    for (const name of ['a', 'b']) graph.message(11, value(name));
    for (const name of ['y', 'z']) graph.message(12, value(name));
    const set = new MessageWriter().text(1, '').integer(2, 18);
    return new MessageWriter().integer(1, 8).message(7, graph).message(8, set).finish();
  };

  it("are called '?', a length is read behind a denotation", () => {
    expect(readOnnx(unnamed()).inputs.a?.shape).toEqual(['?', '?', 2]);
  });

  it('take any length each: 3 and 4 in one input, 1 and 5 in another', async () => {
    const model = await loadOnnx(unnamed(), { runtime: await nodeRuntime({ threads: 1 }) });
    const tensor = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
    const { y, z } = await model.run({ a: tensor(3, 4, 2), b: tensor(1, 5, 2) });
    expect([y?.shape, z?.shape]).toEqual([
      [3, 4, 2],
      [1, 5, 2],
    ]);
    await expect(model.run({ a: tensor(3, 4, 3), b: tensor(1, 5, 2) })).rejects.toThrow(
      /should be float32\[\?, \?, 2\]/,
    );
    await model.dispose();
  });
});

describe('loadOnnx', () => {
  it('is of no use after dispose(), which may be called twice', async () => {
    const gate = await loadOnnx(file, { runtime: await nodeRuntime({ threads: 1 }) });
    await gate.dispose();
    await gate.dispose();
    await expect(gate.run({})).rejects.toThrow(/used after dispose\(\)\. Make another with loadOnnx/);
  });

  it('refuses a missing input, another element type, another length and axes that contradict each other', async () => {
    const gate = await loadOnnx(file, { runtime: await nodeRuntime({ threads: 1 }) });
    const x = { shape: [2, 3], data: new Float32Array(6) };
    const flag = { shape: [2, 3], data: new Uint8Array(6) };
    await expect(gate.run({ x })).rejects.toThrow(/input "flag" is missing; expected bool\[batch, 3\]/);
    await expect(gate.run({ x: { ...x, data: new Int32Array(6) }, flag })).rejects.toThrow(/received int32\[2, 3\]/);
    await expect(gate.run({ x: { ...x, shape: [3, 2] }, flag })).rejects.toThrow(/should be float32\[batch, 3\]/);
    await expect(gate.run({ x, flag: { shape: [1, 3], data: new Uint8Array(3) } })).rejects.toThrow(/with batch = 2/);
    expect((await gate.run({ x, flag })).y?.shape).toEqual([2, 3]);
    await gate.dispose();
  });
});
