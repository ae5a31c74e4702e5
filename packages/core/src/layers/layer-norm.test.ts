import { createRandom } from '@cpc/base';
import { describeLayer, type LayerCase, type LayerNumbers } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { normalArray } from './initialisers.js';
import { initialiseLayerNorm, type LayerNormOptions, layerNorm } from './layer-norm.js';

const random = createRandom(6);

/** Equation 4 of Ba et al., row by row. */
function loops(units: number, { input = [], gain = [], bias = [] }: LayerNumbers, epsilon: number): number[] {
  const results: number[] = [];
  for (let start = 0; start < input.length; start += units) {
    let mean = 0;
    for (let unit = 0; unit < units; unit++) mean += (input[start + unit] ?? 0) / units;
    let variance = 0;
    for (let unit = 0; unit < units; unit++) variance += ((input[start + unit] ?? 0) - mean) ** 2 / units;
    for (let unit = 0; unit < units; unit++) {
      const normalised = ((input[start + unit] ?? 0) - mean) / Math.sqrt(variance + epsilon);
      results.push((gain[unit] ?? 0) * normalised + (bias[unit] ?? 0));
    }
  }
  return results;
}

function caseOf(name: string, shape: readonly number[], options: LayerNormOptions = {}): LayerCase {
  const units = shape.at(-1) ?? 0;
  return {
    name,
    inputs: {
      gain: normalArray([units], 1, random.fold('gain')),
      bias: normalArray([units], 1, random.fold('bias')),
      input: normalArray(shape, 2, random.fold('input')),
    },
    apply: ({ gain, bias, input }) =>
      layerNorm({ gain: gain as tf.Tensor, bias: bias as tf.Tensor }, input as tf.Tensor, options),
    loops: (numbers) => loops(units, numbers, options.epsilon ?? 1e-5),
  };
}

describeLayer('layerNorm', [
  caseOf('of a matrix', [4, 6]),
  caseOf('of rank 4', [2, 3, 2, 5]),
  caseOf('of a vector', [7]),
  caseOf('with epsilon 0.5', [3, 4], { epsilon: 0.5 }),
]);

describe('layerNorm', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const plain = { gain: tf.ones([4]), bias: tf.zeros([4]) };

  it('gives rows of mean 0 and variance 1 with gain 1 and bias 0, as initialised', () => {
    const { gain, bias } = initialiseLayerNorm({ units: 32 });
    const parameters = { gain: tf.tensor1d(gain.data), bias: tf.tensor1d(bias.data) };
    const { mean, variance } = tf.moments(
      layerNorm(parameters, tf.tensor(normalArray([5, 32], 3, random).data, [5, 32])),
      1,
    );
    for (const value of mean.dataSync()) expect(value).toBeCloseTo(0, 5);
    for (const value of variance.dataSync()) expect(value).toBeCloseTo(1, 4);
  });

  it('makes [[1, 3]] into [[-1, 1]], to 1e-4', () => {
    const parameters = { gain: tf.ones([2]), bias: tf.zeros([2]) };
    const [low, high] = layerNorm(parameters, tf.tensor2d([[1, 3]])).dataSync();
    expect(low).toBeCloseTo(-1, 4);
    expect(high).toBeCloseTo(1, 4);
  });

  it('gives the bias for a row of equal numbers, with a finite gradient', () => {
    const row = tf.fill([1, 4], 7);
    expect(Array.from(layerNorm({ ...plain, bias: tf.fill([4], 0.25) }, row).dataSync())).toEqual(
      new Array(4).fill(0.25),
    );
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(layerNorm(plain, x), tf.tensor1d([1, 2, 3, 4]))))(row);
    expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
  });

  it('is the same, to 1e-3, for numbers 1e4 times as large and for numbers shifted by 1e3', () => {
    const row = tf.tensor2d([[0.5, -1, 2, 0.25]]);
    const expected = layerNorm(plain, row).dataSync();
    for (const other of [tf.mul(row, 1e4), tf.add(row, 1e3)])
      for (const [index, value] of layerNorm(plain, other).dataSync().entries())
        expect(value).toBeCloseTo(expected[index] ?? 0, 3);
  });

  it('refuses a last axis of 3 for a gain of 4, and an epsilon of 0', () => {
    expect(() => layerNorm(plain, tf.zeros([2, 3]))).toThrow(
      /layerNorm: expected an input of shape \[..., 4\].*\[2, 3\]/,
    );
    for (const epsilon of [0, -1, Number.NaN])
      expect(() => layerNorm(plain, tf.zeros([2, 4]), { epsilon })).toThrow(/epsilon to be a number above 0/);
  });
});
