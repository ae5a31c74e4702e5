import { createRandom } from '@cpc/base';
import { describeLayer, type LayerNumbers } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HostArray } from '../parameter-tree.js';
import { normalArray } from './initialisers.js';
import { initialiseLstm, type LstmOptions, type LstmParameters, lstm } from './lstm.js';

const random = createRandom(3);
const [batch, steps, inputs, units] = [2, 4, 3, 2];

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

/** The equations at the head of lstm.ts of @cpc/compile, one number at a time: outputs, then hidden, then cell. */
function loops(numbers: LayerNumbers): number[] {
  const at = (name: string, index: number) => numbers[name]?.[index] ?? 0;
  const outputs: number[] = [];
  const last: { hidden: number[]; cell: number[] } = { hidden: [], cell: [] };
  for (let b = 0; b < batch; b++) {
    const unitsOf = (name: string) => Array.from({ length: units }, (_, unit) => at(name, b * units + unit));
    let [hidden, cell] = [unitsOf('hidden'), unitsOf('cell')];
    for (let t = 0; t < steps; t++) {
      if (at('reset', b * steps + t) === 1) [hidden, cell] = [hidden.map(() => 0), cell.map(() => 0)];
      const sum = (gate: number, unit: number) => {
        const column = gate * units + unit;
        let total = at('bias', column) + at('recurrentBias', column);
        for (let i = 0; i < inputs; i++)
          total += at('input', (b * steps + t) * inputs + i) * at('kernel', i * 4 * units + column);
        for (const [j, value] of hidden.entries()) total += value * at('recurrentKernel', j * 4 * units + column);
        return total;
      };
      const next = cell.map(
        (value, unit) => sigmoid(sum(1, unit)) * value + sigmoid(sum(0, unit)) * Math.tanh(sum(2, unit)),
      );
      const shown = next.map((value, unit) => sigmoid(sum(3, unit)) * Math.tanh(value));
      [hidden, cell] = [shown, next];
      outputs.push(...hidden);
    }
    last.hidden.push(...hidden);
    last.cell.push(...cell);
  }
  return [...outputs, ...last.hidden, ...last.cell];
}

const given = (name: string, ...shape: number[]) => normalArray(shape, 0.7, random.fold(name));
const whole = {
  kernel: given('kernel', inputs, 4 * units),
  recurrentKernel: given('recurrentKernel', units, 4 * units),
  bias: given('bias', 4 * units),
  recurrentBias: given('recurrentBias', 4 * units),
  input: given('input', batch, steps, inputs),
};
const state = { hidden: given('hidden', batch, units), cell: given('cell', batch, units) };
const reset = { shape: [batch, steps], data: Float32Array.of(0, 0, 1, 0, 1, 0, 0, 1) };

function applied(tensors: Readonly<Record<string, tf.Tensor>>, options: LstmOptions = {}): tf.Tensor[] {
  const { kernel, recurrentKernel, bias, recurrentBias, input } = tensors;
  const parameters = { kernel, recurrentKernel, bias, recurrentBias } as LstmParameters<tf.Tensor>;
  const { outputs, state } = lstm(parameters, input as tf.Tensor3D, options);
  return [outputs, state.hidden, state.cell];
}

describeLayer('lstm', [
  { name: 'from zeros', inputs: whole, apply: (tensors) => applied(tensors), loops },
  {
    name: 'from a given state, with resets',
    inputs: { ...whole, ...state, reset },
    constants: ['reset'],
    apply: ({ hidden, cell, reset, ...tensors }) => {
      const initial = { hidden: hidden as tf.Tensor2D, cell: cell as tf.Tensor2D };
      return applied(tensors, { initial, reset: reset as tf.Tensor });
    },
    loops,
  },
]);

describe('initialiseLstm', () => {
  it('starts forget biases at 1, all other biases at 0, and kernels with variance 1 / fan-in', () => {
    const { bias, recurrentBias, kernel, recurrentKernel } = initialiseLstm({ inputs: 100, units: 64 }, random);
    const expected = Array.from({ length: 256 }, (_, place) => (place >= 64 && place < 128 ? 1 : 0));
    expect(Array.from(bias.data)).toEqual(expected);
    expect(recurrentBias.data.every((value) => value === 0)).toBe(true);
    const variance = ({ data }: { data: Float32Array }) => data.reduce((sum, v) => sum + v * v, 0) / data.length;
    expect(variance(kernel) * 100).toBeCloseTo(1, 1);
    expect(variance(recurrentKernel) * 64).toBeCloseTo(1, 1);
    expect(kernel.data[0]).not.toBe(recurrentKernel.data[0]);
  });
});

describe('lstm', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const asTensors = (): LstmParameters<tf.Tensor> => {
    const made = initialiseLstm({ inputs, units }, random);
    const tensor = ({ shape, data }: HostArray) => tf.tensor(data, [...shape]);
    return {
      kernel: tensor(made.kernel),
      recurrentKernel: tensor(made.recurrentKernel),
      bias: tensor(made.bias),
      recurrentBias: tensor(made.recurrentBias),
    };
  };

  it('runs 4 steps as 1 and 3, the state handed over, to the last bit', () => {
    const input = tf.tensor3d(whole.input.data, [batch, steps, inputs]);
    const parameters = asTensors();
    const once = lstm(parameters, input);
    const first = lstm(parameters, tf.slice(input, [0, 0, 0], [-1, 1, -1]));
    const second = lstm(parameters, tf.slice(input, [0, 1, 0], [-1, 3, -1]), { initial: first.state });
    const outputs = tf.concat([first.outputs, second.outputs], 1);
    expect(outputs.dataSync()).toEqual(once.outputs.dataSync());
    expect(second.state.cell.dataSync()).toEqual(once.state.cell.dataSync());
  });

  it('refuses an input of 5 channels and a mask of resets for another length', () => {
    const parameters = asTensors();
    expect(() => lstm(parameters, tf.zeros([1, 2, 5]))).toThrow(/lstm: expected kernel of shape \[5, 8\]/);
    expect(() => lstm(parameters, tf.zeros([1, 2, 3]), { reset: tf.zeros([1, 3]) })).toThrow(
      /reset of shape \[1, 2\], received \[1, 3\]/,
    );
  });
});
