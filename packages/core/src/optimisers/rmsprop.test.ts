import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { descend } from '../test-support/descend.js';
import { type RmspropOptions, rmsprop } from './rmsprop.js';

beforeAll(() => tf.setBackend('cpu'));

const start = [0.5, -1, 2];
const gradients = [
  [1, -2, 0.5],
  [0.1, 4, -3],
  [0, 0, 1e-3],
  [-1, 0.25, 2],
];
const rateAt = (step: number) => 0.1 / step;

/** `tf.train.RMSPropOptimizer`: ms <- rho ms + (1 - rho) g^2; mom <- momentum mom + lr g / sqrt(ms + epsilon); var <- var - mom. */
function tensorflowOne(rho: number, momentum: number, epsilon: number): number[][] {
  const entries = start.map((variable) => ({ variable, ms: 1, mom: 0 }));
  return gradients.map((gradient, index) =>
    entries.map((entry, place) => {
      const g = gradient[place] ?? 0;
      entry.ms = rho * entry.ms + (1 - rho) * g * g;
      entry.mom = momentum * entry.mom + (rateAt(index + 1) * g) / Math.sqrt(entry.ms + epsilon);
      entry.variable -= entry.mom;
      return entry.variable;
    }),
  );
}

/** `torch.optim.RMSprop`: v <- alpha v + (1 - alpha) g^2; b <- momentum b + g / (sqrt(v) + epsilon); p <- p - lr b. */
function torch(alpha: number, momentum: number, epsilon: number): number[][] {
  const entries = start.map((p) => ({ p, v: 0, b: 0 }));
  return gradients.map((gradient, index) =>
    entries.map((entry, place) => {
      const g = gradient[place] ?? 0;
      entry.v = alpha * entry.v + (1 - alpha) * g * g;
      entry.b = momentum * entry.b + g / (Math.sqrt(entry.v) + epsilon);
      entry.p -= rateAt(index + 1) * entry.b;
      return entry.p;
    }),
  );
}

const cases: [options: Omit<RmspropOptions, 'learningRate'>, expected: number[][]][] = [
  [{}, tensorflowOne(0.9, 0, 1e-10)],
  [{ momentum: 0.9, epsilon: 0.1, decay: 0.99 }, tensorflowOne(0.99, 0.9, 0.1)],
  [{ variant: 'pytorch' }, torch(0.99, 0, 1e-8)],
  [{ variant: 'pytorch', momentum: 0.5, epsilon: 0.1, decay: 0.9 }, torch(0.9, 0.5, 0.1)],
];

describe('rmsprop', () => {
  for (const [options, expected] of cases) {
    it(`agrees with its formulas over 4 steps of changing rate, to 1e-5: ${JSON.stringify(options)}`, () => {
      const received = descend(rmsprop({ learningRate: rateAt, ...options }), start, gradients);
      expect(received).toHaveLength(4);
      for (const [step, values] of expected.entries())
        for (const [place, value] of values.entries()) expect(received[step]?.[place]).toBeCloseTo(value, 5);
    });
  }

  it('moves by rate / sqrt(1) on a first gradient of 1 as in TensorFlow, by 10 rates as in PyTorch with decay 0.99', () => {
    const first = (variant: 'tensorflow' | 'pytorch', gradient: number) =>
      descend(rmsprop({ learningRate: 0.1, variant, decay: 0.99 }), [0], [[gradient]])[0]?.[0];
    expect(first('tensorflow', 1)).toBeCloseTo(-0.1, 6);
    expect(first('pytorch', 1)).toBeCloseTo(-1, 6);
    expect(first('tensorflow', 1e-3)).toBeCloseTo(-1e-4 / Math.sqrt(0.99), 8); // m has yet to fall from 1
    expect(first('pytorch', 1e-3)).toBeCloseTo(-1, 3);
  });

  it('keeps a mean square that starts at 1 or 0, and a velocity only with momentum', () => {
    expect(rmsprop({ learningRate: 1 }).moments).toEqual({ meanSquare: 1 });
    expect(rmsprop({ learningRate: 1, variant: 'pytorch' }).moments).toEqual({ meanSquare: 0 });
    expect(rmsprop({ learningRate: 1, momentum: 0.9 }).moments).toEqual({ meanSquare: 1, velocity: 0 });
  });

  it('stays put for gradients of 0, and finite for gradients of 1e15', () => {
    for (const variant of ['tensorflow', 'pytorch'] as const) {
      const optimiser = rmsprop({ learningRate: 0.1, variant });
      expect(descend(optimiser, [3], [[0], [0]])).toEqual([[3], [3]]);
      expect(descend(optimiser, [3], [[1e15]])[0]?.every(Number.isFinite)).toBe(true);
    }
  });

  it('leaves three tensors behind with momentum', () => {
    const inputs = {
      parameter: tf.zeros([2]),
      gradient: tf.ones([2]),
      moments: { meanSquare: tf.ones([2]), velocity: tf.zeros([2]) },
      scalars: { learningRate: tf.scalar(0.1) },
    };
    const before = tf.memory().numTensors;
    const made = rmsprop({ learningRate: 0.1, momentum: 0.9 }).update(inputs);
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([made.parameter, ...Object.values(made.moments)]);
  });

  it('refuses a rate of -1, a decay of 1, a momentum of -0.1, an epsilon of 0 and an unknown variant', () => {
    expect(() => rmsprop({ learningRate: -1 })).toThrow(/learningRate to be a number above 0/);
    expect(() => rmsprop({ learningRate: 1, decay: 1 })).toThrow(/decay to be a number from 0 to below 1/);
    expect(() => rmsprop({ learningRate: 1, momentum: -0.1 })).toThrow(/momentum to be/);
    expect(() => rmsprop({ learningRate: 1, epsilon: 0 })).toThrow(
      /rmsprop: expected epsilon to be a finite number above 0/,
    );
    const variant = 'keras' as 'pytorch';
    expect(() => rmsprop({ learningRate: 1, variant })).toThrow(/expected tensorflow or pytorch, received keras/);
  });

  it('names a moment that the caller lost', () => {
    const inputs = {
      parameter: tf.zeros([1]),
      gradient: tf.ones([1]),
      moments: {},
      scalars: { learningRate: tf.scalar(1) },
    };
    expect(() => rmsprop({ learningRate: 1 }).update(inputs)).toThrow(/rmsprop: expected a tensor meanSquare/);
  });
});
