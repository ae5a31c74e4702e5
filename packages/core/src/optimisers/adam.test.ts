import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { descend } from '../test-support/descend.js';
import { adam } from './adam.js';
import { clipFactor, globalNorm } from './clip.js';

beforeAll(() => tf.setBackend('cpu'));

const gradients = [
  [1, -2, 0.5],
  [0.1, 4, -3],
  [0, 0, 1e-3],
];

/** Algorithm 1 of the paper, number by number, in double precision. */
function algorithmOne(start: readonly number[], rate: number): number[] {
  const state = start.map((parameter) => ({ parameter, first: 0, second: 0 }));
  for (const [index, gradient] of gradients.entries()) {
    const t = index + 1;
    for (const [place, entry] of state.entries()) {
      const g = gradient[place] ?? 0;
      entry.first = 0.9 * entry.first + 0.1 * g;
      entry.second = 0.999 * entry.second + 0.001 * g * g;
      const correctedFirst = entry.first / (1 - 0.9 ** t);
      const correctedSecond = entry.second / (1 - 0.999 ** t);
      entry.parameter -= (rate * correctedFirst) / (Math.sqrt(correctedSecond) + 1e-8);
    }
  }
  return state.map(({ parameter }) => parameter);
}

describe('adam', () => {
  it('agrees with algorithm 1 of Kingma & Ba over three steps, to 1e-6', () => {
    const expected = algorithmOne([0.5, -1, 2], 0.1);
    const received = descend(adam({ learningRate: 0.1 }), [0.5, -1, 2], gradients).at(-1) ?? [];
    for (const [index, value] of received.entries()) expect(value).toBeCloseTo(expected[index] ?? 0, 6);
  });

  it('moves by the learning rate on the first step, whatever the size of the gradient', () => {
    const [moved = []] = descend(adam({ learningRate: 0.01 }), [0, 0], [[1e-3, -1e3]]);
    expect(moved[0]).toBeCloseTo(-0.01, 5);
    expect(moved[1]).toBeCloseTo(0.01, 5);
  });

  it('takes the rate of update n from a schedule', () => {
    const schedule = (step: number) => (step === 2 ? 0 : 0.1);
    const [first = [], second, third = []] = descend(adam({ learningRate: schedule }), [0.5, -1, 2], gradients);
    expect(second).toEqual(first);
    const constant = descend(adam({ learningRate: 0.1 }), [0.5, -1, 2], gradients);
    expect(first).toEqual(constant[0]);
    const change = (constant[2]?.[1] ?? 0) - (constant[1]?.[1] ?? 0);
    expect((third[1] ?? 0) - (first[1] ?? 0)).toBeCloseTo(change, 6);
  });

  it.each([0, -1e-8, Number.NaN, Number.POSITIVE_INFINITY])('refuses an epsilon of %s, and decays of it', (value) => {
    expect(() => adam({ learningRate: 1e-3, epsilon: value })).toThrow(/adam: expected epsilon to be a finite number/);
    if (value === 0) return; // a decay of 0 keeps nothing of the past: legal
    expect(() => adam({ learningRate: 1e-3, firstDecay: value })).toThrow(/firstDecay/);
    expect(() => adam({ learningRate: 1e-3, secondDecay: value })).toThrow(/secondDecay/);
  });

  it('refuses a learning rate of 0 and a decay of 1', () => {
    expect(() => adam({ learningRate: 0 })).toThrow(/learningRate|above 0/);
    expect(() => adam({ learningRate: 1e-3, secondDecay: 1 })).toThrow(/below 1/);
  });
});

describe('clipping', () => {
  it('finds the length 13 of gradients (3, 4) and (12)', () => {
    expect(globalNorm([tf.tensor1d([3, 4]), tf.tensor1d([12])]).dataSync()[0]).toBeCloseTo(13, 5);
  });

  it('halves a gradient of length 2 at limit 1 and leaves one of length 0.5 alone', () => {
    expect(clipFactor(tf.scalar(2), 1).dataSync()[0]).toBeCloseTo(0.5, 6);
    expect(clipFactor(tf.scalar(0.5), 1).dataSync()[0]).toBe(1);
    expect(clipFactor(tf.scalar(0), 1).dataSync()[0]).toBe(1);
  });
});
