/**
 * A speech model as one exported file and as two, run where such files are used, at sizes that were never traced.
 */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NamedHostTensors } from '../host-tensor.js';
import { nodeRuntime } from '../node/index.js';
import { type LoadedOnnx, loadOnnx } from '../onnx/load.js';
import { readOnnx } from '../onnx/read.js';
import { blockConv1d } from '../primitives/block-conv1d.js';
import { gru } from '../primitives/gru.js';
import { eagerly, largestDifference, values } from '../test-support/compare.js';
import { checkedAndRunInPython, pythonMissing } from '../test-support/python.js';
import type { NamedTensors, PureFunction } from '../trace.js';
import { webRuntime } from '../web/index.js';
import { exportOnnx } from './export-onnx.js';

const channels = 6;
const hidden = 5;
const layers = [
  { kernel: 10, stride: 5, padBefore: 3, padAfter: 2 },
  { kernel: 8, stride: 4, padBefore: 2, padAfter: 2 },
  { kernel: 4, stride: 2, padBefore: 1, padAfter: 1 },
  { kernel: 4, stride: 2, padBefore: 1, padAfter: 1 },
  { kernel: 4, stride: 2, padBefore: 1, padAfter: 1 },
];

function weight(shape: number[], offset: number): tf.Tensor {
  return tf.tensor(values(shape, offset).data, shape);
}

function encoded(waveform: tf.Tensor): tf.Tensor {
  return layers.reduce(
    (input, { kernel, ...options }, index) => {
      const filters = weight([kernel, index === 0 ? 1 : channels, channels], index);
      return tf.relu(tf.add(blockConv1d(input, filters, options), weight([channels], index + 9)));
    },
    tf.expandDims(waveform, 2),
  );
}

function contextualised(latents: tf.Tensor, state: tf.Tensor): { contexts: tf.Tensor; final_state: tf.Tensor } {
  const contexts = gru(latents, state, {
    kernel: weight([channels, 3 * hidden], 20),
    recurrentKernel: weight([hidden, 3 * hidden], 21),
    bias: weight([3 * hidden], 22),
    recurrentBias: weight([3 * hidden], 23),
  });
  const last = tf.slice(contexts, [0, contexts.shape[1] - 1, 0], [-1, 1, -1]);
  return { contexts, final_state: tf.reshape(last, [-1, hidden]) };
}

function given(inputs: NamedTensors, name: string): tf.Tensor {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`no input ${name}`);
  return tensor;
}

const encoder: PureFunction = (inputs) => ({ latents: encoded(given(inputs, 'waveform')) });
const context: PureFunction = (inputs) => contextualised(given(inputs, 'latents'), given(inputs, 'state'));
const whole: PureFunction = (inputs) => {
  const latents = encoded(given(inputs, 'waveform'));
  return { latents, ...contextualised(latents, given(inputs, 'state')) };
};

const waveform = { shape: ['batch', 'samples'], dtype: 'float32' } as const;
const state = { shape: ['batch', hidden], dtype: 'float32' } as const;
const latents = { shape: ['batch', 'frames', channels], dtype: 'float32' } as const;
const batch = { example: 2 };
const samples = { example: 3200, multipleOf: 160 };

const wholeFile = exportOnnx(
  whole,
  { waveform, state },
  { axes: { batch, samples }, metadata: { sampleRateHz: '16000' } },
);
const encoderFile = exportOnnx(encoder, { waveform }, { axes: { batch, samples } });
const contextFile = exportOnnx(context, { latents, state }, { axes: { batch, frames: { example: 20 } } });

// Traced were batches of 2 to 6 and 3200, 4960, 6720, 8480 and 10240 samples.
const untracedSizes = [
  { batchSize: 1, length: 160 },
  { batchSize: 7, length: 2080 },
  { batchSize: 11, length: 5440 },
];
const feeds = untracedSizes.map(
  ({ batchSize, length }): NamedHostTensors => ({
    waveform: values([batchSize, length], length),
    state: values([batchSize, hidden], batchSize),
  }),
);
let expected: NamedHostTensors[];

beforeAll(async () => {
  expected = [];
  for (const run of feeds) expected.push(await eagerly(whole, run));
});

function expectSame(received: NamedHostTensors, oracle: NamedHostTensors, tolerance = 1e-4): void {
  for (const [name, tensor] of Object.entries(received)) {
    const wanted = oracle[name];
    if (wanted === undefined) throw new Error(`no oracle for ${name}`);
    expect(tensor.shape, `shape of ${name}`).toEqual(wanted.shape);
    expect(largestDifference(wanted, tensor), `largest difference in ${name}`).toBeLessThanOrEqual(tolerance);
  }
}

describe('the exported speech model', () => {
  for (const [runtimeName, makeRuntime] of [
    ['onnxruntime-node', () => nodeRuntime({ threads: 1 })],
    ['onnxruntime-web', () => webRuntime()],
  ] as const) {
    describe(`in ${runtimeName}`, () => {
      let files: LoadedOnnx[];
      beforeAll(async () => {
        const runtime = await makeRuntime();
        files = await Promise.all([wholeFile, encoderFile, contextFile].map((file) => loadOnnx(file, { runtime })));
      });
      afterAll(async () => {
        for (const file of files) await file.dispose();
      });

      for (const [index, { batchSize, length }] of untracedSizes.entries()) {
        it(`agrees with eager TensorFlow.js for a batch of ${batchSize} x ${length} samples, as one file and as two, to 1e-4`, async () => {
          const [one, first, second] = files;
          const run = feeds[index] ?? {};
          const oracle = expected[index] ?? {};
          const results = (await one?.run(run)) ?? {};
          expect(Object.keys(results).sort()).toEqual(['contexts', 'final_state', 'latents']);
          expectSame(results, oracle);
          const encodedOnly = (await first?.run(run)) ?? {};
          expectSame(encodedOnly, oracle);
          expectSame((await second?.run({ ...run, ...encodedOnly })) ?? {}, oracle);
        });
      }
    });
  }

  const missing = pythonMissing();
  it.skipIf(missing !== undefined)(
    `passes onnx.checker's full check and agrees in Python to 1e-4${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      const encoderFeeds = feeds.map(({ waveform }): NamedHostTensors => (waveform === undefined ? {} : { waveform }));
      const contextFeeds = feeds.map((run, index): NamedHostTensors => {
        const latents = expected[index]?.latents;
        return latents === undefined || run.state === undefined ? {} : { latents, state: run.state };
      });
      const results = checkedAndRunInPython([
        { model: wholeFile, runs: feeds },
        { model: encoderFile, runs: encoderFeeds },
        { model: contextFile, runs: contextFeeds },
      ]);
      expect(results.map((runs) => runs.length)).toEqual([3, 3, 3]);
      for (const runs of results)
        for (const [index, outputs] of runs.entries()) expectSame(outputs, expected[index] ?? {});
    },
  );

  it('runs a sequence of 34 frames in halves of 13 and 21, the state handed over, as in one, to 1e-5', async () => {
    const file = await loadOnnx(contextFile, { runtime: await nodeRuntime({ threads: 1 }) });
    const frames = 34;
    const initial = values([2, hidden], 1);
    const sequence = values([2, frames, channels], 2);
    const part = (from: number, to: number) => ({
      shape: [2, to - from, channels],
      data: Float32Array.from(
        [0, 1].flatMap((item) => [
          ...sequence.data.subarray((item * frames + from) * channels, (item * frames + to) * channels),
        ]),
      ),
    });
    const once = await file.run({ latents: sequence, state: initial });
    const first = await file.run({ latents: part(0, 13), state: initial });
    const second = await file.run({ latents: part(13, frames), state: first.final_state ?? initial });
    expect(largestDifference(once.final_state ?? initial, second.final_state)).toBeLessThanOrEqual(1e-5);
    expect(largestDifference(once.final_state ?? initial, first.final_state)).toBeGreaterThan(1e-3);
    await file.dispose();
  });
});

describe('the file', () => {
  it('holds 5 Conv, 1 GRU and 2 Transposes of activations, and nothing that rearranges weights', () => {
    const { operators } = readOnnx(wholeFile);
    expect(operators).toEqual([
      'Unsqueeze',
      ...['Conv', 'Relu', 'Conv', 'Relu', 'Conv', 'Relu', 'Conv', 'Relu', 'Conv', 'Relu'],
      ...['Transpose', 'Transpose', 'Unsqueeze', 'GRU', 'Transpose', 'Squeeze', 'Slice', 'Squeeze'],
    ]);
  });

  it('names the axes batch, samples and samples/160, and keeps its metadata', () => {
    const { inputs, outputs, metadata } = readOnnx(wholeFile);
    expect(inputs).toEqual({ waveform, state });
    expect(outputs).toEqual({
      latents: { shape: ['batch', 'samples/160', channels], dtype: 'float32' },
      contexts: { shape: ['batch', 'samples/160', hidden], dtype: 'float32' },
      final_state: { shape: ['batch', hidden], dtype: 'float32' },
    });
    expect(metadata).toEqual({ sampleRateHz: '16000' });
  });

  it('holds every weight once: 6,300 bytes besides them at most', () => {
    const convolutions = layers.reduce(
      (sum, { kernel }, index) => sum + kernel * (index === 0 ? 1 : channels) * channels + channels,
      0,
    );
    const recurrence = 3 * hidden * (channels + hidden + 2);
    const weightBytes = 4 * (convolutions + recurrence);
    expect(wholeFile.length).toBeGreaterThan(weightBytes);
    expect(wholeFile.length - weightBytes).toBeLessThan(6300);
  });
});
