import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NamedHostTensors } from '../host-tensor.js';
import { eagerly, expectAgreement } from '../test-support/compare.js';
import { floats } from '../test-support/tensors.js';
import { type NamedTensors, trace } from '../trace.js';
import { gru } from './gru.js';
import { lstm } from './lstm.js';
import { type ScanBody, scan } from './scan.js';

function tensor(inputs: NamedTensors, name: string): tf.Tensor {
  const found = inputs[name];
  if (found === undefined) throw new Error(`no input ${name}`);
  return found;
}

/** sum' = factor sum + now */
const decaying =
  (factor: tf.Tensor): ScanBody =>
  ([sum], [now]) => {
    const next = tf.add(tf.mul(factor, sum as tf.Tensor), now as tf.Tensor);
    return { state: [next], results: [next] };
  };

const decayed = (x: tf.Tensor, start: tf.Tensor, factor: tf.Tensor) => scan(decaying(factor), [start], [x]);

const vector = { shape: [3], dtype: 'float32' } as const;
const number = { shape: [], dtype: 'float32' } as const;
const specs = { x: vector, start: number, factor: number };

beforeAll(() => tf.setBackend('cpu'));

describe('scan', () => {
  it('gives 1, 2.5, 4.25 for 1, 2, 3 and a factor of a half, eagerly and compiled, in both directions', async () => {
    const feeds: NamedHostTensors = { x: floats([1, 2, 3]), start: floats([0], []), factor: floats([0.5], []) };
    const both = (inputs: NamedTensors) => {
      const [x, start, factor] = [tensor(inputs, 'x'), tensor(inputs, 'start'), tensor(inputs, 'factor')];
      const { state, results } = decayed(x, start, factor);
      const back = scan(decaying(factor), [start], [x], { reverse: true });
      return { sums: results[0] as tf.Tensor, last: state[0] as tf.Tensor, back: back.results[0] as tf.Tensor };
    };
    const { sums, last, back } = await eagerly(both, feeds);
    expect(Array.from(sums?.data ?? [])).toEqual([1, 2.5, 4.25]);
    expect(last?.data[0]).toBe(4.25);
    expect(Array.from(back?.data ?? [])).toEqual([2.75, 3.5, 3]);
    await expectAgreement(both, feeds);
  });

  it('refuses sequences of 2 lengths, and none', () => {
    const [start, factor] = [tf.scalar(0), tf.scalar(1)];
    expect(() => scan(decaying(factor), [start], [tf.zeros([3]), tf.zeros([2])])).toThrow(/lengths \[3, 2\]/);
    expect(() => scan(decaying(factor), [start], [])).toThrow(/one common length/);
  });
});

describe("a scan's gradient", () => {
  const differentiable: Readonly<Record<string, (inputs: NamedTensors) => tf.Tensor>> = {
    'by its sequence': (inputs) =>
      tf.grad((x) => tf.sum(decayed(x, tensor(inputs, 'start'), tensor(inputs, 'factor')).results[0] as tf.Tensor))(
        tensor(inputs, 'x'),
      ),
    'by its first state': (inputs) =>
      tf.grad((start) => decayed(tensor(inputs, 'x'), start, tensor(inputs, 'factor')).state[0] as tf.Tensor)(
        tensor(inputs, 'start'),
      ),
    'by what its body captures': (inputs) =>
      tf.grad((factor) => decayed(tensor(inputs, 'x'), tensor(inputs, 'start'), factor).state[0] as tf.Tensor)(
        tensor(inputs, 'factor'),
      ),
    'by what a body inside its body captures': (inputs) =>
      tf.grad((factor) => {
        const body: ScanBody = ([sum], [now]) => {
          const inner = decayed(tensor(inputs, 'x'), sum as tf.Tensor, factor).state[0] as tf.Tensor;
          return { state: [tf.add(inner, now as tf.Tensor)], results: [] };
        };
        return scan(body, [tensor(inputs, 'start')], [tensor(inputs, 'x')]).state[0] as tf.Tensor;
      })(tensor(inputs, 'factor')),
    'beside a path that has one': (inputs) =>
      tf.grad((x) => {
        const sums = decayed(x, tensor(inputs, 'start'), tensor(inputs, 'factor')).results[0] as tf.Tensor;
        return tf.sum(tf.add(tf.square(x), sums));
      })(tensor(inputs, 'x')),
  };

  for (const [name, fn] of Object.entries(differentiable)) {
    it(`${name} is refused in a trace, naming definePrimitive, and taken eagerly`, async () => {
      expect(() => trace((inputs) => ({ y: fn(inputs) }), specs)).toThrow(/no gradient of a scan.*definePrimitive/);
      const feeds = { x: floats([1, 2, 3]), start: floats([0.5], []), factor: floats([0.25], []) };
      const { y } = await eagerly((inputs) => ({ y: fn(inputs) }), feeds);
      expect(Array.from(y?.data ?? []).every((value) => value !== 0 && Number.isFinite(value))).toBe(true);
    });
  }

  it('is not asked for where the loss does not follow from the scan', () => {
    const beside = (inputs: NamedTensors) => {
      const { value, grads } = tf.valueAndGrads((x: tf.Tensor) => {
        decayed(x, tensor(inputs, 'start'), tensor(inputs, 'factor'));
        return tf.sum<tf.Scalar>(tf.square(x));
      })([tensor(inputs, 'x')]);
      return { value, gradient: grads[0] as tf.Tensor };
    };
    expect(trace(beside, specs).outputs).toHaveLength(2);
  });
});

describe('a second derivative in a trace', () => {
  const recurrent = {
    gru: (x: tf.Tensor) =>
      gru(x, tf.zeros([1, 2]), {
        kernel: tf.ones([2, 6]),
        recurrentKernel: tf.ones([2, 6]),
        bias: tf.zeros([6]),
        recurrentBias: tf.zeros([6]),
      }),
    lstm: (x: tf.Tensor) =>
      lstm(
        x,
        { hidden: tf.zeros([1, 2]), cell: tf.zeros([1, 2]) },
        {
          kernel: tf.ones([2, 8]),
          recurrentKernel: tf.ones([2, 8]),
          bias: tf.zeros([8]),
          recurrentBias: tf.zeros([8]),
        },
      ).outputs,
  };
  for (const [name, layer] of Object.entries(recurrent)) {
    const slope = (x: tf.Tensor) => tf.grad((input: tf.Tensor) => tf.sum(layer(input)))(x);
    const input = { x: { shape: [1, 3, 2], dtype: 'float32' } } as const;

    it(`of ${name} is refused, the first is not`, () => {
      expect(trace((inputs) => ({ y: slope(tensor(inputs, 'x')) }), input).outputs).toHaveLength(1);
      const second = (x: tf.Tensor) => tf.grad((point: tf.Tensor) => tf.sum(tf.square(slope(point))))(x);
      expect(() => trace((inputs) => ({ y: second(tensor(inputs, 'x')) }), input)).toThrow(
        /no second derivative of gru and lstm/,
      );
    });
  }
});

describe('a body', () => {
  const wrong: Readonly<Record<string, ScanBody>> = {
    'another shape of state': ([sum], [now]) => ({
      state: [tf.stack([sum as tf.Tensor, now as tf.Tensor])],
      results: [],
    }),
    'another type of state': ([sum]) => ({ state: [tf.cast(sum as tf.Tensor, 'int32')], results: [] }),
    'no state': () => ({ state: [], results: [] }),
    'two states': ([sum]) => ({ state: [sum as tf.Tensor, sum as tf.Tensor], results: [] }),
  };
  for (const [name, body] of Object.entries(wrong)) {
    it(`that returns ${name} is refused, eagerly and in a trace, telling both`, () => {
      const message = /state like the initial one, \(float32\[\]\), received \(/;
      expect(() => scan(body, [tf.scalar(0)], [tf.tensor1d([1, 2])])).toThrow(message);
      const run = (inputs: NamedTensors) => {
        scan(body, [tensor(inputs, 'start')], [tensor(inputs, 'x')]);
        return { y: tf.neg(tensor(inputs, 'x')) };
      };
      expect(() => trace(run, specs)).toThrow(message);
    });
  }

  it('that returns 1 result at the first step and 2 later is refused', () => {
    let step = 0;
    const body: ScanBody = ([sum]) => {
      step += 1;
      return { state: [sum as tf.Tensor], results: Array.from({ length: step }, () => sum as tf.Tensor) };
    };
    expect(() => scan(body, [tf.scalar(0)], [tf.tensor1d([1, 2])])).toThrow(
      /alike at every step, \(float32\[\]\) as at the first, received \(float32\[\], float32\[\]\)/,
    );
  });
});
