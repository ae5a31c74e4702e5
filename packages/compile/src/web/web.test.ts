/** onnxruntime-web, which runs in Node as it does in a browser. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compile } from '../compile.js';
import type { NamedHostTensors } from '../host-tensor.js';
import { specsOfTensors } from '../host-tensor.js';
import { blockConv1d } from '../primitives/block-conv1d.js';
import { gru } from '../primitives/gru.js';
import { createState } from '../state.js';
import { eagerly, largestDifference, values } from '../test-support/compare.js';
import type { NamedTensors } from '../trace.js';
import { webRuntime } from './index.js';

const parameters = ['filters', 'kernel', 'recurrentKernel', 'bias', 'recurrentBias'];
const initial: NamedHostTensors = {
  filters: values([4, 1, 3]),
  kernel: values([3, 12], 1),
  recurrentKernel: values([4, 12], 2),
  bias: values([12], 3),
  recurrentBias: values([12], 4),
};
const batch: NamedHostTensors = { waveform: values([2, 16, 1], 5), wanted: values([2, 8, 4], 6) };

function tensor(inputs: NamedTensors, name: string): tf.Tensor {
  const found = inputs[name];
  if (found === undefined) throw new Error(`no input ${name}`);
  return found;
}

/** Loss and one step of gradient descent on a convolution and a recurrence. */
function trainingStep(inputs: NamedTensors): Record<string, tf.Tensor> {
  const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
    const [filters, kernel, recurrentKernel, bias, recurrentBias] = tensors as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const latents = blockConv1d(tensor(inputs, 'waveform'), filters, { stride: 2, padBefore: 1, padAfter: 1 });
    const states = gru(latents, tf.zeros([2, 4]), { kernel, recurrentKernel, bias, recurrentBias });
    return tf.mean(tf.squaredDifference(states, tensor(inputs, 'wanted')));
  };
  const { value, grads } = tf.valueAndGrads(loss)(parameters.map((name) => tensor(inputs, name)));
  const next = parameters.map((name, index) => [
    `next ${name}`,
    tf.sub(tensor(inputs, name), tf.mul(grads[index] ?? 0, 0.5)),
  ]);
  return { loss: value, ...Object.fromEntries(next) };
}

afterEach(() => vi.unstubAllGlobals());

describe('webRuntime in a page', () => {
  it('refuses 2 threads that would never answer: without isolation, and without wasmPaths', async () => {
    vi.stubGlobal('document', {});
    vi.stubGlobal('crossOriginIsolated', false);
    await expect(webRuntime({ threads: 2, wasmPaths: '/ort/' })).rejects.toThrow(
      /2 threads need a cross-origin isolated page/,
    );
    vi.stubGlobal('crossOriginIsolated', true);
    await expect(webRuntime({ threads: 2 })).rejects.toThrow(/2 threads need wasmPaths/);
  });

  it('asks for the build with WebGPU instead of loading its 27 MB unasked', async () => {
    await expect(webRuntime({ provider: 'webgpu' })).rejects.toThrow(
      /library: await import\('onnxruntime-web\/webgpu'\)/,
    );
  });
});

describe('webRuntime', () => {
  it('runs a training step with its 5 gradients as eager TensorFlow.js does, to 1e-5', async () => {
    const inputs = { ...initial, ...batch };
    const runtime = await webRuntime();
    expect(runtime.name).toMatch(/^onnxruntime-web \d/);
    const step = await compile(trainingStep, specsOfTensors(inputs), { runtime });
    const received = await step.run(inputs);
    const expected = await eagerly(trainingStep, inputs);
    expect(Object.keys(received)).toEqual(Object.keys(expected));
    for (const [name, wanted] of Object.entries(expected)) {
      expect(largestDifference(wanted, received[name]), name).toBeLessThanOrEqual(1e-5);
    }
    await step.dispose();
  });

  it('refuses 0, 1.5 and NaN threads, and 2 where an earlier runtime has 1', async () => {
    for (const threads of [0, 1.5, Number.NaN]) {
      await expect(webRuntime({ threads })).rejects.toThrow(`a whole number of at least 1, received ${threads}`);
    }
    await webRuntime({ threads: 1 });
    await expect(webRuntime({ threads: 2 })).rejects.toThrow(/earlier runtime has 1 threads, received 2/);
    expect((await webRuntime()).threads).toBe(1);
  });

  it('lowers the loss in 20 steps that write each into the other of 2 sets of buffers', async () => {
    const step = await compile(trainingStep, specsOfTensors({ ...initial, ...batch }), { runtime: await webRuntime() });
    const state = createState(initial);
    const losses: number[] = [];
    for (let count = 0; count < 20; count++) {
      const into = Object.fromEntries(Object.entries(state.next).map(([name, buffer]) => [`next ${name}`, buffer]));
      const { loss } = await step.run({ ...state.current, ...batch }, into);
      losses.push(loss?.data[0] ?? Number.NaN);
      state.swap();
    }
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0));
    await step.dispose();
  });

  it('is not reached by any import of a Node built-in, nor is the package entry', () => {
    const source = dirname(dirname(fileURLToPath(import.meta.url)));
    for (const entry of ['web/index.ts', 'index.ts']) {
      const reached = [...filesReached(source, entry)];
      expect(reached.length).toBeGreaterThan(1);
      expect(
        reached.filter((file) => /from 'node:|import\('node:/.test(readFileSync(join(source, file), 'utf8'))),
      ).toEqual([]);
    }
    expect(readdirSync(join(source, 'node'))).toContain('index.ts');
  });
});

/** An entry and every file it imports, by relative path. */
function filesReached(source: string, entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const text = readFileSync(join(source, entry), 'utf8');
  for (const [, specifier = ''] of text.matchAll(/from '(\.[^']+)\.js'/g)) {
    filesReached(source, normalize(join(dirname(entry), `${specifier}.ts`)), seen);
  }
  return seen;
}
