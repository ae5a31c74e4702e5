import { conv2d, countParameters, createRandom, dense, flatten, layerAt } from '@cpc/core';
import { observationSize } from '@cpc/environments';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { paperPreset } from '../presets.js';
import { tensorOf, tensorTree } from '../test-support/tensors.js';
import { tinyLossOptions, tinyParameters, tinyPicture, tinyShape, tinyUnroll } from '../test-support/tiny-agent.js';
import { encode } from './encoder.js';
import { type AgentShape, contextualise, decide, initialiseAgent } from './network.js';

await tf.setBackend('cpu');

const paperShape: AgentShape = {
  ...paperPreset,
  observation: { shape: [72, 96, 3], dtype: 'uint8' },
  actionCount: 9,
};

describe('the shallow network at 96 x 72 pixels', () => {
  it('has the kernels of the figure and 1,124,154 parameters, about the 1.2 million it states', () => {
    const parameters = initialiseAgent(paperShape, createRandom(1));
    const kernels = Object.entries(flatten(parameters)).filter(([path]) => path.endsWith('ernel'));
    expect(Object.fromEntries(kernels.map(([path, { shape }]) => [path, shape]))).toEqual({
      'encoder/conv1/kernel': [8, 8, 3, 16],
      'encoder/conv2/kernel': [4, 4, 16, 32],
      'encoder/dense/kernel': [2240, 256],
      'context/lstm/kernel': [266, 1024],
      'context/lstm/recurrentKernel': [256, 1024],
      'policy/kernel': [256, 9],
      'value/kernel': [256, 1],
    });
    expect(countParameters(parameters)).toBe(1_124_154);
  });

  it('refuses pictures of 16 x 16 pixels, naming the least', () => {
    const small: AgentShape = { ...paperShape, observation: { shape: [16, 16, 3], dtype: 'uint8' } };
    expect(() => initialiseAgent(small, createRandom(1))).toThrow(/at least 20 x 20 pixels/);
  });

  it('scales pixels to 0 .. 1: a picture of 255 is to it what one of 1 is to the same layers one after the other', () => {
    const tree = tensorTree(tinyParameters(tinyLossOptions({ shape: tinyShape(tinyPicture) })));
    const layer = (name: string) => layerAt(tree, `encoder/${name}`, ['kernel', 'bias']);
    const pixels = new Float32Array(observationSize(tinyPicture)).fill(1);
    const ones = tensorOf({ shape: [1, ...tinyPicture.shape], data: pixels }) as tf.Tensor4D;
    const first = tf.relu(conv2d(layer('conv1'), ones, { stride: 4, padding: 'valid' }));
    const second = tf.relu(conv2d(layer('conv2'), first, { stride: 2, padding: 'valid' }));
    const expected = tf.relu(dense(layer('dense'), tf.reshape(second, [1, -1]))).dataSync();
    const received = encode(tree, tf.fill([1, ...tinyPicture.shape], 255), tinyPicture).dataSync();
    expect(expected.some((value) => value > 0)).toBe(true);
    for (const [index, value] of received.entries()) expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 5);
  });

  it('leaves 1 tensor behind: z', () => {
    const tree = tensorTree(tinyParameters(tinyLossOptions({ shape: tinyShape(tinyPicture) })));
    const pictures = tf.zeros([3, ...tinyPicture.shape]);
    const before = tf.memory().numTensors;
    expect(encode(tree, pictures, tinyPicture).shape).toEqual([3, 5]);
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

describe('contexts of 2 copies over 6 steps', () => {
  const options = tinyLossOptions();
  const tree = tensorTree(tinyParameters(options));
  const latents = tensorOf({
    shape: [2, 6, 5],
    data: Float32Array.from({ length: 60 }, (_, index) => Math.sin(index)),
  });
  const zeroState = () => ({ hidden: tf.zeros<tf.Rank.R2>([2, 4]), cell: tf.zeros<tf.Rank.R2>([2, 4]) });
  const contextsOf = (starts: readonly number[], { memory = true, change = 0 } = {}) => {
    const unroll = tinyUnroll(options, { starts });
    const [lastRewards, lastActions, mask] = [unroll.lastRewards, unroll.lastActions, unroll.starts].map(
      (tensor) => tensorOf(tensor ?? { shape: [], data: new Float32Array(1) }) as tf.Tensor2D,
    ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const firstStep = tf.tensor3d(
      Array.from({ length: 60 }, (_, index) => (index % 30 < 5 ? change : 0)),
      [2, 6, 5],
    );
    const seen = tf.add(latents, firstStep) as tf.Tensor3D;
    const shape = { ...options.shape, memory };
    return contextualise(tree, shape, seen, { lastRewards, lastActions, starts: mask }, zeroState()).arraySync();
  };

  it('remember the first step until an episode starts: at step 4 of copy 1 it is gone, in copy 0 it is not', () => {
    const starts = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
    const [one, other] = [contextsOf(starts), contextsOf(starts, { change: 1 })];
    const changed = one.map((copy, index) =>
      copy.map((context, step) => String(context) !== String(other[index]?.[step])),
    );
    expect(changed).toEqual([Array(6).fill(true), [true, true, true, true, false, false]]);
  });

  it('forget at once without memory: only step 0 of both copies shows that it changed', () => {
    const [one, other] = [
      contextsOf(Array(12).fill(0), { memory: false }),
      contextsOf(Array(12).fill(0), { memory: false, change: 1 }),
    ];
    const changed = one.map((copy, index) =>
      copy.map((context, step) => String(context) !== String(other[index]?.[step])),
    );
    expect(changed).toEqual(Array(2).fill([true, false, false, false, false, false]));
  });

  it('leave 1 tensor behind, and the heads 2', () => {
    const past = {
      lastRewards: tf.zeros([2, 6]),
      lastActions: tf.zeros([2, 6], 'int32'),
      starts: tf.zeros([2, 6]),
    } as {
      lastRewards: tf.Tensor2D;
      lastActions: tf.Tensor2D;
      starts: tf.Tensor2D;
    };
    const [state, heads] = [zeroState(), tf.zeros<tf.Rank.R2>([7, 4])];
    const before = tf.memory().numTensors;
    contextualise(tree, options.shape, latents as tf.Tensor3D, past, state);
    expect(tf.memory().numTensors).toBe(before + 1);
    decide(tree, heads);
    expect(tf.memory().numTensors).toBe(before + 3);
  });
});
