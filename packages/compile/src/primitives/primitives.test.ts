import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { NamedHostTensors } from '../host-tensor.js';
import { eagerly, expectAgreement, values } from '../test-support/compare.js';
import type { NamedTensors, PureFunction } from '../trace.js';
import { blockConv1d } from './block-conv1d.js';
import { type GruWeights, gru } from './gru.js';

/** Output and the gradients of a weighted sum of it with respect to every input. */
function withGradients(fn: (inputs: tf.Tensor[]) => tf.Tensor, names: readonly string[]): PureFunction {
  return (inputs: NamedTensors) => {
    const tensors = names.map((name) => inputs[name] as tf.Tensor);
    const weighted = (...args: tf.Tensor[]) => tf.sum(tf.mul(fn(args), inputs.weights as tf.Tensor)) as tf.Scalar;
    const gradients = tf.grads(weighted)(tensors);
    return {
      value: fn(tensors),
      ...Object.fromEntries(names.map((name, index) => [`d ${name}`, gradients[index] as tf.Tensor])),
    };
  };
}

const convolutionCases = [
  { length: 40, kernel: 10, stride: 5, before: 2, after: 3, inputs: 1, outputs: 4 },
  { length: 16, kernel: 4, stride: 2, before: 1, after: 1, inputs: 3, outputs: 2 },
  { length: 17, kernel: 4, stride: 2, before: 0, after: 0, inputs: 2, outputs: 3 },
  { length: 9, kernel: 6, stride: 2, before: 3, after: 2, inputs: 2, outputs: 1 },
  { length: 5, kernel: 3, stride: 1, before: 1, after: 1, inputs: 1, outputs: 1 },
  { length: 2, kernel: 5, stride: 5, before: 7, after: 0, inputs: 2, outputs: 1 }, // one block, and no input in it
  { length: 1, kernel: 4, stride: 4, before: 4, after: 2, inputs: 1, outputs: 2 },
  // narrow inputs, which are computed from frames
  { length: 40, kernel: 10, stride: 5, before: 2, after: 3, inputs: 1, outputs: 9 },
  { length: 11, kernel: 3, stride: 1, before: 1, after: 1, inputs: 3, outputs: 5 },
  { length: 2, kernel: 5, stride: 5, before: 7, after: 0, inputs: 1, outputs: 6 },
];

describe('blockConv1d', () => {
  for (const { length, kernel, stride, before, after, inputs, outputs } of convolutionCases) {
    const given: NamedHostTensors = {
      x: values([2, length, inputs]),
      w: values([kernel, inputs, outputs], 7),
      b: values([outputs], 5),
      weights: values([2, Math.floor((length + before + after - kernel) / stride) + 1, outputs], 3),
    };
    const options = { stride, padBefore: before, padAfter: after };
    const shown = `length ${length}, kernel ${kernel}, stride ${stride}, channels ${inputs} to ${outputs}`;
    const block = withGradients(
      ([x, w, b]) => blockConv1d(x as tf.Tensor, w as tf.Tensor, options, b),
      ['x', 'w', 'b'],
    );
    const unbiased = withGradients(([x, w]) => blockConv1d(x as tf.Tensor, w as tf.Tensor, options), ['x', 'w']);
    const convolution = (x: tf.Tensor, w: tf.Tensor) => {
      const padded = tf.pad(x as tf.Tensor3D, [
        [0, 0],
        [before, after],
        [0, 0],
      ]);
      return tf.conv1d(padded, w as tf.Tensor3D, stride, 'valid');
    };

    it(`equals tf.conv1d and bias, value and gradients, for ${shown}, to 1e-5`, async () => {
      const direct = withGradients(
        ([x, w, b]) => tf.add(convolution(x as tf.Tensor, w as tf.Tensor), b as tf.Tensor),
        ['x', 'w', 'b'],
      );
      const plain = withGradients(([x, w]) => convolution(x as tf.Tensor, w as tf.Tensor), ['x', 'w']);
      for (const [own, theirs] of [[block, direct] as const, [unbiased, plain] as const]) {
        const expected = await eagerly(theirs, given);
        const received = await eagerly(own, given);
        for (const [name, { data }] of Object.entries(expected)) {
          expect(received[name]?.data.length).toBe(data.length);
          for (const [index, value] of data.entries()) expect(received[name]?.data[index]).toBeCloseTo(value, 5);
        }
      }
    });

    it(`computes the same compiled as eagerly for ${shown}`, () => expectAgreement(block, given));
  }

  it('refuses a bias of 3 for 4 channels', () => {
    const options = { stride: 1, padBefore: 0, padAfter: 0 };
    expect(() => blockConv1d(tf.zeros([1, 9, 1]), tf.zeros([2, 1, 4]), options, tf.zeros([3]))).toThrow(
      'expected a bias of shape [4], received [3]',
    );
  });

  it('refuses paddings of 0.5, -1 and NaN', () => {
    for (const padBefore of [0.5, -1, Number.NaN]) {
      expect(() =>
        blockConv1d(tf.zeros([1, 9, 1]), tf.zeros([2, 1, 1]), { stride: 1, padBefore, padAfter: 0 }),
      ).toThrow(`whole numbers of at least 0, received ${padBefore} and 0`);
    }
  });

  it('refuses a kernel of 5 with stride 2, naming both', () => {
    expect(() =>
      blockConv1d(tf.zeros([1, 9, 1]), tf.zeros([5, 1, 1]), { stride: 2, padBefore: 0, padAfter: 0 }),
    ).toThrow(/kernel 5 and stride 2/);
  });
});

describe('gru', () => {
  const given: NamedHostTensors = {
    x: values([2, 5, 3]),
    h: values([2, 4], 1),
    kernel: values([3, 12], 2),
    recurrentKernel: values([4, 12], 3),
    bias: values([12], 4),
    recurrentBias: values([12], 5),
    weights: values([2, 5, 4], 6),
  };
  const names = ['x', 'h', 'kernel', 'recurrentKernel', 'bias', 'recurrentBias'];
  const asList =
    (fn: (x: tf.Tensor, h: tf.Tensor, weights: GruWeights) => tf.Tensor) =>
    ([x, h, kernel, recurrentKernel, bias, recurrentBias]: tf.Tensor[]) =>
      fn(x as tf.Tensor, h as tf.Tensor, { kernel, recurrentKernel, bias, recurrentBias } as GruWeights);

  it('agrees with its equations written step by step, value and all six gradients, to 1e-5', async () => {
    const expected = await eagerly(withGradients(asList(equations), names), given);
    const received = await eagerly(withGradients(asList(gru), names), given);
    for (const [name, { data }] of Object.entries(expected)) {
      for (const [index, value] of data.entries()) expect(received[name]?.data[index], name).toBeCloseTo(value, 5);
    }
  });

  it('computes the same compiled as eagerly, value and gradients', () =>
    expectAgreement(withGradients(asList(gru), names), given));

  it('works for one step and a batch of one', () =>
    expectAgreement(withGradients(asList(gru), names), {
      ...given,
      x: values([1, 1, 3]),
      h: values([1, 4]),
      weights: values([1, 1, 4]),
    }));

  it('refuses a kernel for 5 inputs on an input of 3', () => {
    const weights = {
      kernel: tf.zeros([5, 12]),
      recurrentKernel: tf.zeros([4, 12]),
      bias: tf.zeros([12]),
      recurrentBias: tf.zeros([12]),
    };
    expect(() => gru(tf.zeros([2, 5, 3]), tf.zeros([2, 4]), weights)).toThrow(
      /kernel of shape \[3, 12\], received \[5, 12\]/,
    );
  });
});

/** The equations of gru.ts, one gate and one step at a time, differentiated by TensorFlow.js. */
function equations(x: tf.Tensor, initial: tf.Tensor, weights: GruWeights): tf.Tensor {
  const hidden = initial.shape[1] ?? 0;
  const gate = (input: tf.Tensor, matrix: tf.Tensor, bias: tf.Tensor, index: number) =>
    tf.add(
      tf.matMul(input as tf.Tensor2D, tf.slice(matrix, [0, index * hidden], [-1, hidden]) as tf.Tensor2D),
      tf.slice(bias, [index * hidden], [hidden]),
    );
  let state = initial;
  const states = tf.unstack(x, 1).map((now) => {
    const fromInput = (index: number) => gate(now, weights.kernel, weights.bias, index);
    const fromState = (index: number) => gate(state, weights.recurrentKernel, weights.recurrentBias, index);
    const reset = tf.sigmoid(tf.add(fromInput(0), fromState(0)));
    const update = tf.sigmoid(tf.add(fromInput(1), fromState(1)));
    const candidate = tf.tanh(tf.add(fromInput(2), tf.mul(reset, fromState(2))));
    state = tf.add(tf.mul(tf.sub(1, update), candidate), tf.mul(update, state));
    return state;
  });
  return tf.stack(states, 1);
}
