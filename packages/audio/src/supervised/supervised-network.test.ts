import {
  adam,
  createLossStep,
  createMemoryCheckpointStore,
  createRandom,
  type Engine,
  flatten,
  type HostArray,
  mapTree,
  parametersOf,
  sgd,
  type Tree,
  train,
  unflatten,
  withoutPredictors,
} from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCorpus } from '../data/corpus.js';
import { createFeatureExtractor } from '../features.js';
import { contextualise, encode } from '../model.js';
import { smallPreset } from '../presets.js';
import { selectRows } from '../probes/frame-table.js';
import { createSpeechDomain } from '../speech-domain.js';
import { createBuiltInSpeech } from '../synthesis/built-in-speech.js';
import { frameAt, frameNumbers } from './labelled-frames.js';
import { classifyFrames, initialiseSupervised, supervisedLoss } from './supervised-network.js';

const engines: Record<string, Engine> = {};
beforeAll(async () => {
  engines.onnx = await createEngine({ name: 'onnx', threads: 1 });
  engines.cpu = await createEngine({ name: 'cpu' });
});

/** A latent for every 4 samples, which hears 10; 4 classes. */
const settings = {
  ...smallPreset,
  layers: [
    { kernelLength: 4, stride: 2 },
    { kernelLength: 4, stride: 2 },
  ],
  channels: 3,
  contextUnits: 4,
  windowSamples: 32,
};
const hopSamples = 4;
const classes = 4;

/** Biases that are not zero, and a seed that leaves no ReLU within 5e-3 of its corner: finite differences are slopes there. */
const parameters = mapTree(initialiseSupervised(settings, { classes, seed: 8 }), ({ shape, data }: HostArray) => ({
  shape,
  data: data.map((value, index) => value + 0.1 * Math.cos(index)),
})) as Tree<HostArray>;

/** 2 windows of 32 samples, 8 frames each, of which 5 have no label. */
const waveform = noise(64, 1);
const labels = [0, 1, -1, 3, 2, 2, -1, -1, 1, 0, 3, -1, 1, 2, 0, -1];

function noise(length: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => random.normal());
}

const tensors = (tree: Tree<HostArray>) => mapTree(tree, ({ shape, data }) => tf.tensor(data, [...shape]));

function lossNow(tree: Tree<HostArray>, samples = waveform, ofFrames: readonly number[] = labels): number {
  return tf.tidy(() => {
    const batch = { waveform: tf.tensor2d(samples, [2, 32]), labels: tf.tensor2d([...ofFrames], [2, 8], 'int32') };
    return supervisedLoss(settings, tensors(tree), batch).dataSync()[0] ?? Number.NaN;
  });
}

/** Classes' scores of each frame by plain loops: the linear layer on the contexts of `contexts`, rows of 4. */
function scoresByLoops(contexts: ArrayLike<number>): number[][] {
  const { 'classes/kernel': kernel, 'classes/bias': bias } = flatten(parameters);
  return Array.from({ length: contexts.length / 4 }, (_, frame) =>
    Array.from({ length: classes }, (_, one) =>
      [0, 1, 2, 3].reduce(
        (sum, unit) => sum + (contexts[4 * frame + unit] ?? 0) * (kernel?.data[classes * unit + one] ?? 0),
        bias?.data[one] ?? 0,
      ),
    ),
  );
}

describe('initialiseSupervised', () => {
  it('begins with encoder and context of a run before its first update, bit for bit, and 9 x 5 weights for 5 classes', async () => {
    const small = { ...smallPreset, channels: 6, contextUnits: 9, windowSamples: 3200, batchSize: 2 };
    const few = { ...small, predictionSteps: 3, negativeCount: 8 };
    const speech = createBuiltInSpeech({ seed: 1, speakers: 2, utterancesPerSpeaker: 1, secondsPerUtterance: 1 });
    const checkpoints = createMemoryCheckpointStore();
    const run = { domain: createSpeechDomain(speech, few), engine: engines.onnx as Engine, checkpoints };
    const standing = sgd({ learningRate: () => 0 }); // 1 update that changes nothing
    for await (const _ of train({ ...run, optimiser: standing, seed: 11, steps: 1 }));
    const first = await checkpoints.latest();
    if (first === undefined) throw new Error('the run kept no checkpoint');
    const ofRun = withoutPredictors(flatten(parametersOf(first)));
    const {
      'classes/kernel': kernel,
      'classes/bias': bias,
      ...rest
    } = flatten(initialiseSupervised(few, { classes: 5, seed: 11 }));
    expect(rest).toEqual(ofRun);
    expect([kernel?.shape, bias]).toEqual([[9, 5], { shape: [5], data: new Float32Array(5) }]);
    expect(flatten(initialiseSupervised(few, { classes: 5, seed: 12 }))['encoder/conv1/kernel']).not.toEqual(
      rest['encoder/conv1/kernel'],
    );
  });
});

describe('supervisedLoss', () => {
  it('is ln 4 where the linear layer is 0', () => {
    const flat = flatten(parameters);
    const zeros = Object.entries(flat).map(([path, { shape, data }]) => [
      path,
      { shape, data: path.startsWith('classes/') ? new Float32Array(data.length) : data },
    ]);
    expect(lossNow(unflatten(Object.fromEntries(zeros)))).toBeCloseTo(Math.log(4), 6);
  });

  it('is the mean of 11 frames in plain loops, to 1e-5: those labelled -1 count neither in sum nor in number', () => {
    const contexts = tf.tidy(() => {
      const tree = tensors(parameters);
      return contextualise(tree, encode(settings, tree, tf.tensor2d(waveform, [2, 32]))).dataSync();
    });
    const losses = scoresByLoops(contexts).flatMap((scores, frame) => {
      const label = labels[frame] ?? -1;
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      return label < 0 ? [] : [Math.log(total) - (scores[label] ?? 0)];
    });
    expect(losses).toHaveLength(11);
    expect(lossNow(parameters)).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 11, 5);
  });

  it('is the same to the last bit whatever is heard behind sample 24, where frames from 4 on have no label', () => {
    const early = labels.map((label, frame) => (frame % 8 < 4 ? label : -1)); // frame 3 hears samples up to 18
    const other = waveform.map((sample, index) => (index % 32 >= 24 ? 5 - sample : sample));
    expect(lossNow(parameters, other, early)).toBe(lossNow(parameters, waveform, early));
    expect(lossNow(parameters, other)).not.toBe(lossNow(parameters));
  });

  it.each(['onnx', 'cpu'])(
    'has the gradient of its finite differences to 2e-3, in all 182 parameters, on %s',
    async (name) => {
      const { after } = await stepped(name, 1, sgd({ learningRate: 1 }));
      const moved = flatten(after);
      let count = 0;
      for (const [path, { data }] of Object.entries(flatten(parameters))) {
        for (const [index, value] of data.entries()) {
          const at = (by: number) => {
            data[index] = value + by;
            const loss = lossNow(parameters);
            data[index] = value;
            return loss;
          };
          const slope = (at(5e-3) - at(-5e-3)) / 1e-2;
          expect(Math.abs(value - slope - (moved[path]?.data[index] ?? Number.NaN)), `${path} ${index}`).toBeLessThan(
            2e-3,
          );
          count += 1;
        }
      }
      expect(count).toBe(182);
    },
  );

  it('and 5 updates by Adam come to the same on cpu and onnx, losses and parameters to 1e-4', async () => {
    const [cpu, onnx] = [
      await stepped('cpu', 5, adam({ learningRate: 1e-2 })),
      await stepped('onnx', 5, adam({ learningRate: 1e-2 })),
    ];
    for (const [index, loss] of cpu.losses.entries())
      expect(Math.abs(loss - (onnx.losses[index] ?? 0))).toBeLessThan(1e-4);
    const other = flatten(onnx.after);
    for (const [path, { data }] of Object.entries(flatten(cpu.after)))
      for (const [index, value] of data.entries())
        expect(Math.abs(value - (other[path]?.data[index] ?? Number.NaN)), path).toBeLessThan(1e-4);
    expect(cpu.losses[4]).toBeLessThan(cpu.losses[0] ?? 0);
  });

  it('leaves one tensor behind: the loss', () => {
    const tree = tensors(parameters);
    const batch = { waveform: tf.tensor2d(waveform, [2, 32]), labels: tf.tensor2d(labels, [2, 8], 'int32') };
    const before = tf.memory().numTensors;
    const loss = supervisedLoss(settings, tree, batch);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([loss, batch, tree]);
  });
});

/** Updates on the one batch. */
async function stepped(name: string, steps: number, optimiser: ReturnType<typeof adam>) {
  const step = await createLossStep({
    ...{ engine: engines[name] as Engine, optimiser, parameters },
    batch: { waveform: { shape: [2, 32], dtype: 'float32' }, labels: { shape: [2, 8], dtype: 'int32' } },
    loss: (tree, batch) => supervisedLoss(settings, tree, batch),
  });
  const losses: number[] = [];
  const batch = {
    waveform: { shape: [2, 32], data: waveform },
    labels: { shape: [2, 8], data: Int32Array.from(labels) },
  };
  for (let number = 1; number <= steps; number++) losses.push(await step.run(batch, number));
  const after = step.current();
  await step.dispose();
  return { losses, after };
}

describe('classifyFrames', () => {
  const corpus = createMemoryCorpus(
    [201, 120].map((length, index) => ({ id: `r${index}`, speaker: 's', samples: noise(length, 10 + index) })),
    { name: 'noise' },
  );
  const speech = {
    corpus,
    recordings: [0, 1],
    classes,
    labelsOf: (_: number, frames: number) => new Int32Array(frames),
  };
  const table = frameNumbers(speech, hopSamples);
  const read = (recording: number) => corpus.read(recording);

  it.each(['onnx', 'cpu'])(
    'says the class with the highest score in plain loops of all 80 frames, and of 20 of them by themselves, on %s',
    async (name) => {
      const engine = engines[name] as Engine;
      const { classes: _, ...network } = parameters;
      const extractor = createFeatureExtractor({ settings, parameters: network, engine });
      const expected: number[] = [];
      for (const recording of [0, 1]) {
        const { contexts } = await extractor.extract(await corpus.read(recording));
        expected.push(...scoresByLoops(contexts.data).map((scores) => scores.indexOf(Math.max(...scores))));
      }
      await extractor.dispose();
      expect(new Set(expected).size).toBeGreaterThan(2);
      const common = { read, settings, parameters, engine };
      expect([...(await classifyFrames({ ...common, table }))]).toEqual(expected);
      const fourth = selectRows(table, (row) => row % 4 === 1);
      expect([...(await classifyFrames({ ...common, table: fourth }))]).toEqual(
        expected.filter((_, row) => row % 4 === 1),
      );
      expect(frameAt(fourth, 19)).toBe(27);
    },
  );
});
