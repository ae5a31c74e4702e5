/** Runs a function eagerly on TensorFlow.js's cpu backend and compiled on ONNX Runtime, and compares. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type CompiledFunction, compile } from '../compile.js';
import { type HostTensor, type NamedHostTensors, specsOfTensors } from '../host-tensor.js';
import { nodeRuntime } from '../node/index.js';
import type { NamedTensors, PureFunction } from '../trace.js';

/** What `fn` gives on the plain JavaScript backend. */
export async function eagerly(fn: PureFunction, inputs: NamedHostTensors): Promise<NamedHostTensors> {
  await tf.setBackend('cpu');
  const outputs = tf.tidy((): Record<string, tf.Tensor> => ({ ...fn(tensorsOf(inputs)) }));
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]): [string, HostTensor] => [
      name,
      { shape: tensor.shape, data: hostData(tensor) },
    ]),
  );
}

/** The tensor's values in the array of its element type, which its backend need not have used. */
function hostData(tensor: tf.Tensor): HostTensor['data'] {
  const data = tensor.dataSync();
  if (tensor.dtype === 'int32') return Int32Array.from(data);
  return tensor.dtype === 'bool' ? Uint8Array.from(data) : Float32Array.from(data);
}

/** What `fn` gives when compiled. */
export async function compiled(fn: PureFunction, inputs: NamedHostTensors): Promise<NamedHostTensors> {
  await tf.setBackend('cpu');
  const run: CompiledFunction = await compile(fn, specsOfTensors(inputs), {
    runtime: await nodeRuntime({ threads: 2 }),
  });
  try {
    return await run.run(inputs);
  } finally {
    await run.dispose();
  }
}

/** Eager and compiled results agree in shape, and in value to `tolerance` relative to the largest value (at least 1). */
export async function expectAgreement(fn: PureFunction, inputs: NamedHostTensors, tolerance = 1e-5): Promise<void> {
  const oracle = await eagerly(fn, inputs);
  const result = await compiled(fn, inputs);
  expect(Object.keys(result)).toEqual(Object.keys(oracle));
  for (const [name, expected] of Object.entries(oracle)) {
    const received = result[name];
    expect(received?.shape, `shape of ${name}`).toEqual(expected.shape);
    expect(largestDifference(expected, received), `largest difference in ${name}`).toBeLessThanOrEqual(
      tolerance * scaleOf(expected),
    );
  }
}

/** The largest finite absolute value, at least 1: what tolerances are relative to. */
export function scaleOf({ data }: HostTensor): number {
  let largest = 1;
  for (const value of data) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** NaN against NaN and infinity against the same infinity count as equal; anything else not finite as infinitely far. */
export function largestDifference(expected: HostTensor, received: HostTensor | undefined): number {
  if (received === undefined || received.data.length !== expected.data.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const [index, value] of expected.data.entries()) {
    const other = received.data[index] ?? Number.NaN;
    if (Object.is(value, other)) continue;
    const difference = Math.abs(value - other);
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
  }
  return largest;
}

export function tensorsOf(inputs: NamedHostTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], eagerType(data))]),
  );
}

function eagerType(data: HostTensor['data']): 'float32' | 'int32' | 'bool' {
  return data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool';
}

/** Reproducible values in (-1, 1) without exact ties or zeros: a low-discrepancy sequence. */
export function values(shape: readonly number[], offset = 0): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from(
    { length: size },
    (_, index) => (((index + offset + 1) * 0.6180339887498949) % 1) * 2 - 1,
  );
  return { shape, data };
}
