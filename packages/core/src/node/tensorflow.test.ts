import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it } from 'vitest';
import { eagerEngine } from '../engines/eager-engine.js';
import { createEngine } from './engines.js';
import { loadTensorflow, searchTensorflow } from './tensorflow.js';

/** Stands for libtensorflow: the plain JavaScript backend under the name that tfjs-node registers. */
function registerBackend(usesGpu: boolean): void {
  const factory = tf.findBackendFactory('cpu');
  tf.registerBackend(
    'tensorflow',
    () => Object.assign(factory() as tf.KernelBackend, { isUsingGpuDevice: usesGpu }),
    0,
  );
  if (tf.getKernelsForBackend('tensorflow').length === 0) tf.copyRegisteredKernels('cpu', 'tensorflow');
}

afterEach(async () => {
  await tf.setBackend('cpu');
  if (tf.findBackendFactory('tensorflow') !== null) tf.removeBackend('tensorflow');
});

describe('searchTensorflow', () => {
  it('takes tfjs-node-gpu first and says that it uses a GPU', async () => {
    const asked: string[] = [];
    const found = await searchTensorflow(async (name) => {
      asked.push(name);
      registerBackend(true);
    });
    expect(asked).toEqual(['@tensorflow/tfjs-node-gpu']);
    expect(found).toMatchObject({ loaded: true, name: '@tensorflow/tfjs-node-gpu', usesGpu: true });
  });

  it('takes tfjs-node where the other is missing, and gives both reasons where neither is there', async () => {
    const onlyPlain = async (name: string) => {
      if (name.endsWith('gpu')) throw new Error(`Cannot find package '${name}'\nRequire stack`);
      registerBackend(false);
    };
    expect(await searchTensorflow(onlyPlain)).toMatchObject({
      loaded: true,
      name: '@tensorflow/tfjs-node',
      usesGpu: false,
    });
    const none = await searchTensorflow(async (name) => {
      throw new Error(`Cannot find package '${name}'\nRequire stack`);
    });
    expect(none).toEqual({
      loaded: false,
      reasons: ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'].map((name) => ({
        name,
        reason: `Cannot find package '${name}'`,
      })),
    });
  });

  it('runs a function on the backend found, with shapes checked and nothing left behind', async () => {
    registerBackend(false);
    const engine = await eagerEngine({ backend: 'tensorflow', name: 'tensorflow', provider: 'cpu', note: 'stand-in' });
    const twice = await engine.compile(({ x }) => ({ y: tf.mul(x as tf.Tensor, 2) }), {
      x: { shape: [2], dtype: 'float32' },
    });
    const before = tf.memory().numTensors;
    const { y } = await twice.run({ x: { shape: [2], data: Float32Array.of(1, -3) } });
    expect([...(y?.data ?? [])]).toEqual([2, -6]);
    expect(tf.memory().numTensors).toBe(before);
    await expect(twice.run({ x: { shape: [3], data: new Float32Array(3) } })).rejects.toThrow(
      /"x" of shape \[2\].*received \[3\]/,
    );
  });
});

describe('createEngine', () => {
  it('takes onnx for auto where no GPU is found, and says which runtime', async () => {
    const engine = await createEngine({ name: 'auto', threads: 1 });
    expect(engine).toMatchObject({ name: 'onnx', provider: 'cpu', threads: 1 });
    expect(engine.note).toMatch(/onnxruntime-node \d+\.\d+/);
  });

  it('never replaces an engine that was named: tensorflow without its packages is an error that says what to install', async ({
    skip,
  }) => {
    if ((await loadTensorflow()).loaded) skip('a TensorFlow package is installed');
    await expect(createEngine({ name: 'tensorflow' })).rejects.toThrow(/tfjs-node-gpu.*npm install.*--engine onnx/);
  });

  it.each([
    [{ name: 'cpu', threads: 2 }, /engine cpu .*threads.*received 2/],
    [{ name: 'cpu', provider: 'cpu' }, /engine cpu .*provider.*received cpu/],
    [{ name: 'tensorflow', provider: 'cuda' }, /engine tensorflow .*provider.*received cuda/],
  ] as const)('refuses %o: only the engine onnx takes them', async (request, message) => {
    const refusal = createEngine(request);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toSatisfy(CpcArgumentError.isInstance);
  });

  it('refuses 0 threads', async () => {
    await expect(createEngine({ name: 'onnx', threads: 0 })).rejects.toThrow(/threads.*at least 1/);
  });
});
