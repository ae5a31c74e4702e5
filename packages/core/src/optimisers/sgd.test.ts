import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { descend } from '../test-support/descend.js';
import { type SgdOptions, sgd } from './sgd.js';

beforeAll(() => tf.setBackend('cpu'));

const start = [0.5, -1, 2];
const gradients = [
  [1, -2, 0.5],
  [0.1, 4, -3],
  [0, 0, 1e-3],
  [-1, 0.25, 2],
];

/** The formulas at the head of sgd.ts, number by number, in double precision. */
function formulas({ momentum = 0, nesterov = false }: SgdOptions, rateAt: (step: number) => number): number[][] {
  const parameters = [...start];
  const velocities = start.map(() => 0);
  return gradients.map((gradient, index) => {
    for (const [place, g] of gradient.entries()) {
      const velocity = momentum * (velocities[place] ?? 0) + g;
      velocities[place] = velocity;
      parameters[place] =
        (parameters[place] ?? 0) - rateAt(index + 1) * (nesterov ? g + momentum * velocity : velocity);
    }
    return [...parameters];
  });
}

function expectClose(received: number[][], expected: number[][]): void {
  expect(received).toHaveLength(expected.length);
  for (const [step, values] of expected.entries())
    for (const [place, value] of values.entries()) expect(received[step]?.[place]).toBeCloseTo(value, 6);
}

describe('sgd', () => {
  it('moves by rate times gradient without momentum, and keeps no moments', () => {
    const optimiser = sgd({ learningRate: 0.5 });
    expect(optimiser.moments).toEqual({});
    expect(descend(optimiser, [1, 2], [[2, -4]])).toEqual([[0, 4]]);
  });

  it('reaches rate times 1 + 1.5 + 1.75 after three gradients of 1 with momentum 0.5, to 1e-6', () => {
    const [, , last = []] = descend(sgd({ learningRate: 0.1, momentum: 0.5 }), [0], [[1], [1], [1]]);
    expect(last[0]).toBeCloseTo(-0.425, 6);
  });

  it("moves by 1.9 rates on Nesterov's first step with momentum 0.9", () => {
    const [[moved] = []] = descend(sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }), [0], [[1]]);
    expect(moved).toBeCloseTo(-0.19, 6);
  });

  for (const options of [{}, { momentum: 0.9 }, { momentum: 0.9, nesterov: true }]) {
    it(`agrees with its formulas over 4 steps of changing rate, to 1e-6: ${JSON.stringify(options)}`, () => {
      const learningRate = (step: number) => 0.1 / step;
      expectClose(
        descend(sgd({ learningRate, ...options }), start, gradients),
        formulas({ learningRate, ...options }, learningRate),
      );
    });
  }

  it('leaves two tensors behind with momentum: the parameter and its velocity', () => {
    const optimiser = sgd({ learningRate: 0.1, momentum: 0.9 });
    const inputs = {
      parameter: tf.zeros([2]),
      gradient: tf.ones([2]),
      moments: { velocity: tf.zeros([2]) },
      scalars: { learningRate: tf.scalar(0.1) },
    };
    const before = tf.memory().numTensors;
    const made = optimiser.update(inputs);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([made.parameter, ...Object.values(made.moments)]);
  });

  it('refuses a rate of 0, a momentum of 1, and Nesterov without momentum', () => {
    expect(() => sgd({ learningRate: 0 })).toThrow(/learningRate to be a number above 0/);
    expect(() => sgd({ learningRate: Number.NaN })).toThrow(/received NaN/);
    expect(() => sgd({ learningRate: 0.1, momentum: 1 })).toThrow(/momentum to be a number from 0 to below 1/);
    expect(() => sgd({ learningRate: 0.1, nesterov: true })).toThrow(/momentum above 0 for nesterov/);
  });

  it('refuses the rate -1 of a schedule at update 3, naming the update', () => {
    const optimiser = sgd({ learningRate: (step) => 2 - step });
    expect(optimiser.scalars(2)).toEqual({ learningRate: 0 });
    expect(() => optimiser.scalars(3)).toThrow(/sgd: expected the schedule to give update 3 a rate.*received -1/);
  });
});
