import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportOnnx } from '../export/export-onnx.js';
import type { HostTensor, NamedHostTensors } from '../host-tensor.js';
import { nodeRuntime } from '../node/index.js';
import { loadOnnx } from '../onnx/load.js';
import { readOnnx } from '../onnx/read.js';
import { eagerly, expectAgreement, largestDifference, values } from '../test-support/compare.js';
import { checkedAndRunInPython, pythonMissing } from '../test-support/python.js';
import type { NamedTensors, PureFunction } from '../trace.js';
import { type LstmWeights, lstm } from './lstm.js';

const [batch, steps, inputSize, units] = [2, 5, 3, 4];

const given: NamedHostTensors = {
  x: values([batch, steps, inputSize]),
  hidden: values([batch, units], 1),
  cell: values([batch, units], 8),
  kernel: values([inputSize, 4 * units], 2),
  recurrentKernel: values([units, 4 * units], 3),
  bias: values([4 * units], 4),
  recurrentBias: values([4 * units], 5),
};
const differentiated = Object.keys(given);
const weights: NamedHostTensors = {
  outputWeights: values([batch, steps, units], 6),
  cellWeights: values([batch, units], 9),
};
/** Item 0 starts anew before its first and its fourth step, item 1 before its last. */
const reset = { shape: [batch, steps], data: Float32Array.of(1, 0, 0, 1, 0, 0, 0, 0, 0, 1) };

function tensor(inputs: NamedTensors, name: string): tf.Tensor {
  const found = inputs[name];
  if (found === undefined) throw new Error(`no input ${name}`);
  return found;
}

function run(inputs: NamedTensors) {
  const state = { hidden: tensor(inputs, 'hidden') as tf.Tensor2D, cell: tensor(inputs, 'cell') as tf.Tensor2D };
  const [kernel, recurrentKernel] = [tensor(inputs, 'kernel'), tensor(inputs, 'recurrentKernel')];
  const [bias, recurrentBias] = [tensor(inputs, 'bias'), tensor(inputs, 'recurrentBias')];
  return lstm(tensor(inputs, 'x'), state, { kernel, recurrentKernel, bias, recurrentBias }, inputs.reset);
}

/** Outputs, final state, and the gradients of a weighted sum of outputs and final cell with respect to every input. */
const withGradients: PureFunction = (inputs) => {
  const weighted = (...tensors: tf.Tensor[]): tf.Scalar => {
    const chosen = Object.fromEntries(differentiated.map((name, index) => [name, tensors[index] as tf.Tensor]));
    const { outputs, state } = run({ ...inputs, ...chosen });
    const sum = (value: tf.Tensor, by: string) => tf.sum<tf.Scalar>(tf.mul(value, tensor(inputs, by)));
    return tf.add(sum(outputs, 'outputWeights'), sum(state.cell, 'cellWeights'));
  };
  const gradients = tf.grads(weighted)(differentiated.map((name) => tensor(inputs, name)));
  const { outputs, state } = run(inputs);
  const named = differentiated.map((name, index) => [`d ${name}`, gradients[index] as tf.Tensor]);
  return { outputs, 'last hidden': state.hidden, 'last cell': state.cell, ...Object.fromEntries(named) };
};

type Numbers = Readonly<Record<string, ArrayLike<number>>>;

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

/** The equations at the head of lstm.ts as plain loops in double precision, one number at a time. */
function loops(numbers: Numbers) {
  const at = (name: string, index: number) => numbers[name]?.[index] ?? 0;
  const outputs = new Float64Array(batch * steps * units);
  const hidden = Float64Array.from(numbers.hidden ?? []);
  const cell = Float64Array.from(numbers.cell ?? []);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < steps; t++) {
      if (at('reset', b * steps + t) === 1) {
        hidden.fill(0, b * units, (b + 1) * units);
        cell.fill(0, b * units, (b + 1) * units);
      }
      const before = hidden.slice(b * units, (b + 1) * units);
      const sum = (gate: number, unit: number) => {
        const column = gate * units + unit;
        let total = at('bias', column) + at('recurrentBias', column);
        for (let i = 0; i < inputSize; i++)
          total += at('x', (b * steps + t) * inputSize + i) * at('kernel', i * 4 * units + column);
        for (let j = 0; j < units; j++) total += (before[j] ?? 0) * at('recurrentKernel', j * 4 * units + column);
        return total;
      };
      for (let unit = 0; unit < units; unit++) {
        const [i, f, g, o] = [
          sigmoid(sum(0, unit)),
          sigmoid(sum(1, unit)),
          Math.tanh(sum(2, unit)),
          sigmoid(sum(3, unit)),
        ];
        const place = b * units + unit;
        cell[place] = f * (cell[place] ?? 0) + i * g;
        hidden[place] = o * Math.tanh(cell[place] ?? 0);
        outputs[(b * steps + t) * units + unit] = hidden[place] ?? 0;
      }
    }
  }
  return { outputs, 'last hidden': hidden, 'last cell': cell };
}

/** Central differences of the plain loops, which in double precision are good to 1e-8. */
function slopes(numbers: Numbers, name: string): Float64Array {
  const step = 1e-5;
  const objective = (place: number, change: number) => {
    const moved = Float64Array.from(numbers[name] ?? []);
    moved[place] = (moved[place] ?? 0) + change;
    const { outputs, 'last cell': cell } = loops({ ...numbers, [name]: moved });
    const dot = (a: Float64Array, b: ArrayLike<number> = []) =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    return dot(outputs, numbers.outputWeights) + dot(cell, numbers.cellWeights);
  };
  return Float64Array.from(
    { length: numbers[name]?.length ?? 0 },
    (_, place) => (objective(place, step) - objective(place, -step)) / (2 * step),
  );
}

function expectClose(received: HostTensor | undefined, expected: ArrayLike<number>, name: string, digits = 5): void {
  expect(received?.data.length, name).toBe(expected.length);
  for (const [index, value] of Array.from(expected).entries())
    expect(received?.data[index], `${name}[${index}]`).toBeCloseTo(value, digits);
}

for (const [title, feeds] of Object.entries({
  lstm: { ...given, ...weights },
  'lstm with resets': { ...given, ...weights, reset },
})) {
  describe(title, () => {
    const numbers = Object.fromEntries(Object.entries(feeds).map(([name, { data }]) => [name, data]));
    let received: NamedHostTensors;
    beforeAll(async () => {
      received = await eagerly(withGradients, feeds);
    });

    it('agrees with its equations as plain loops, outputs and final state, to 1e-5', () => {
      for (const [name, expected] of Object.entries(loops(numbers))) expectClose(received[name], expected, name);
    });

    it('has 7 gradients that finite differences of the loops confirm, to 1e-5', () => {
      expect(differentiated).toHaveLength(7);
      for (const name of differentiated) expectClose(received[`d ${name}`], slopes(numbers, name), name);
    });

    it('computes the same compiled as eagerly, values and gradients', () => expectAgreement(withGradients, feeds));

    it('works for one step and a batch of one', () =>
      expectAgreement(withGradients, {
        ...feeds,
        x: values([1, 1, inputSize]),
        hidden: values([1, units]),
        cell: values([1, units], 3),
        outputWeights: values([1, 1, units], 5),
        cellWeights: values([1, units], 4),
        ...('reset' in feeds ? { reset: { shape: [1, 1], data: Float32Array.of(0) } } : {}),
      }));
  });
}

function zeroWeights(bias: tf.Tensor = tf.zeros([8])): LstmWeights {
  return { kernel: tf.zeros([3, 8]), recurrentKernel: tf.zeros([2, 8]), bias, recurrentBias: tf.zeros([8]) };
}

/** The same value for both units of gates i, f, g, o. */
const gateBias = (...gates: number[]) => tf.tensor1d(gates.flatMap((value) => [value, value]));

describe('lstm', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const start = () => ({ hidden: tf.zeros([1, 2]) as tf.Tensor2D, cell: tf.tensor2d([[0.8, -0.4]]) });

  it('halves its cell on every step where all weights are 0', () => {
    const { outputs, state } = lstm(tf.ones([1, 3, 3]), start(), zeroWeights());
    expect(state.cell.dataSync()[0]).toBeCloseTo(0.1, 6);
    expect(state.cell.dataSync()[1]).toBeCloseTo(-0.05, 6);
    expect(outputs.dataSync()[0]).toBeCloseTo(0.5 * Math.tanh(0.4), 6);
    expect(state.hidden.dataSync()[1]).toBeCloseTo(0.5 * Math.tanh(-0.05), 6);
  });

  it('keeps its cell to the last bit for 50 steps with gates shut and open by biases of 1e4, its gradient 1', () => {
    const weights = zeroWeights(gateBias(-1e4, 1e4, 0, 1e4));
    const x = tf.ones([1, 50, 3]);
    const cell = start().cell;
    expect(Array.from(lstm(x, start(), weights).state.cell.dataSync())).toEqual(Array.from(cell.dataSync()));
    const gradient = tf.grad((c: tf.Tensor) =>
      tf.sum(lstm(x, { ...start(), cell: c as tf.Tensor2D }, weights).state.cell),
    )(cell);
    expect(Array.from(gradient.dataSync())).toEqual([1, 1]);
  });

  it('gives after a reset what a sequence gives that starts there, and no gradient passes', async () => {
    const whole = await eagerly((inputs) => ({ y: run(inputs).outputs }), {
      ...given,
      reset: { shape: [batch, steps], data: Float32Array.of(0, 0, 1, 0, 0, 0, 0, 1, 0, 0) },
    });
    const tail = await eagerly(
      (inputs) => ({
        y: run({ ...inputs, x: tf.slice(tensor(inputs, 'x'), [0, 2, 0], [-1, 3, -1]) }).outputs,
      }),
      { ...given, hidden: zeros([batch, units]), cell: zeros([batch, units]) },
    );
    const end = (data: HostTensor['data'], length: number, item: number) =>
      Array.from(data.subarray(item * length * units, (item + 1) * length * units)).slice(-3 * units);
    for (const item of [0, 1])
      expect(end(whole.y?.data ?? new Float32Array(), steps, item)).toEqual(
        end(tail.y?.data ?? new Float32Array(), 3, item),
      );
    const always = { shape: [batch, steps], data: new Float32Array(batch * steps).fill(1) };
    const gradients = await eagerly(withGradients, { ...given, ...weights, reset: always });
    for (const name of ['d hidden', 'd cell', 'd recurrentKernel'])
      expect(
        gradients[name]?.data.every((value) => Math.abs(value) === 0),
        name,
      ).toBe(true);
  });

  it('takes resets as booleans and as integers', async () => {
    const asFloat = await eagerly((inputs) => ({ y: run(inputs).outputs }), { ...given, reset });
    for (const data of [Uint8Array.from(reset.data), Int32Array.from(reset.data)]) {
      const other = { shape: reset.shape, data };
      expect(await eagerly((inputs) => ({ y: run(inputs).outputs }), { ...given, reset: other })).toEqual(asFloat);
    }
  });

  it('leaves three tensors behind: the outputs, h and the cell', () => {
    const inputs = [tf.ones([1, 3, 3]), start(), zeroWeights(), tf.zeros([1, 3])] as const;
    const before = tf.memory().numTensors;
    const { outputs, state } = lstm(...inputs);
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([outputs, state.hidden, state.cell]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a kernel of 3 gates, a cell of another batch and resets for 4 steps of 5, naming each', () => {
    const x = tf.zeros([1, 5, 3]);
    const three = { ...zeroWeights(), kernel: tf.zeros([3, 6]) };
    expect(() => lstm(x, start(), three)).toThrow(/lstm: expected kernel of shape \[3, 8\], received \[3, 6\]/);
    expect(() => lstm(x, { ...start(), cell: tf.zeros([2, 2]) }, zeroWeights())).toThrow(
      /cell of shape \[1, 2\], received \[2, 2\]/,
    );
    expect(() => lstm(x, start(), zeroWeights(), tf.zeros([1, 4]))).toThrow(
      /reset of shape \[1, 5\], received \[1, 4\]/,
    );
    expect(() => lstm(tf.zeros([1, 0, 3]), start(), zeroWeights())).toThrow(/input of shape \[1, 1, 3\]/);
  });
});

function zeros(shape: readonly number[]): HostTensor {
  return { shape, data: new Float32Array(shape.reduce((product, length) => product * length, 1)) };
}

describe('an exported lstm', () => {
  const constants = Object.fromEntries(
    ['kernel', 'recurrentKernel', 'bias', 'recurrentBias'].map((name) => [name, given[name] ?? zeros([])]),
  );
  const agent: PureFunction = (inputs) => {
    const made = Object.entries(constants).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]);
    const { outputs, state } = run({ ...inputs, ...Object.fromEntries(made) });
    return { outputs, next_hidden: state.hidden, next_cell: state.cell };
  };
  const state = { shape: ['batch', units], dtype: 'float32' } as const;
  const inputs = {
    x: { shape: ['batch', 'frames', inputSize], dtype: 'float32' },
    hidden: state,
    cell: state,
  } as const;
  const axes = { batch: { example: 2 }, frames: { example: 6 } };
  const plain = exportOnnx(agent, inputs, { axes });
  const resettable = exportOnnx(
    agent,
    { ...inputs, reset: { shape: ['batch', 'frames'], dtype: 'float32' } },
    { axes },
  );
  // Traced are batches of 2 to 6 and 6 to 18 frames, in steps of 3.
  const feeds = [
    [1, 1],
    [7, 10],
    [11, 25],
  ].map(
    ([items = 0, frames = 0]): NamedHostTensors => ({
      x: values([items, frames, inputSize], 5),
      hidden: values([items, units], 2),
      cell: values([items, units], 9),
    }),
  );
  const withReset = feeds.map((run): NamedHostTensors => {
    const [items = 0, frames = 0] = run.x?.shape ?? [];
    const data = values([items, frames], 17).data.map((value) => (value > 0.6 ? 1 : 0));
    return { ...run, reset: { shape: [items, frames], data: Float32Array.from(data) } };
  });

  async function expectSame(file: Uint8Array, runs: readonly NamedHostTensors[]): Promise<void> {
    const loaded = await loadOnnx(file, { runtime: await nodeRuntime({ threads: 1 }) });
    for (const run of runs) expectResults(await loaded.run(run), await eagerly(agent, run));
    await loaded.dispose();
  }

  function expectResults(received: NamedHostTensors, expected: NamedHostTensors): void {
    expect(Object.keys(received).sort()).toEqual(['next_cell', 'next_hidden', 'outputs']);
    for (const [name, wanted] of Object.entries(expected)) {
      expect(received[name]?.shape).toEqual(wanted.shape);
      expect(largestDifference(wanted, received[name]), name).toBeLessThanOrEqual(1e-5);
    }
  }

  it('agrees at 3 batch sizes and 3 lengths never traced, to 1e-5', () => expectSame(plain, feeds));

  it('agrees there with a mask of resets as an input, to 1e-5', () => expectSame(resettable, withReset));

  it('is one LSTM with both states as inputs and outputs; with resets it is a Scan', () => {
    const { operators, inputs, outputs } = readOnnx(plain);
    expect(operators.filter((op) => !/Transpose|Squeeze|Unsqueeze/.test(op))).toEqual(['LSTM', 'Slice']);
    expect(inputs).toMatchObject({ hidden: state, cell: state });
    expect(outputs).toEqual({
      outputs: { shape: ['batch', 'frames', units], dtype: 'float32' },
      next_hidden: state,
      next_cell: state,
    });
    expect(readOnnx(resettable).operators).toContain('Scan');
  });

  const missing = pythonMissing();
  it.skipIf(missing !== undefined)(
    `passes onnx.checker's full check and agrees in Python to 1e-5${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    async () => {
      const results = checkedAndRunInPython([
        { model: plain, runs: feeds },
        { model: resettable, runs: withReset },
      ]);
      expect(results.map((runs) => runs.length)).toEqual([3, 3]);
      for (const [file, runs] of results.entries())
        for (const [index, received] of runs.entries())
          expectResults(received, await eagerly(agent, [feeds, withReset][file]?.[index] ?? {}));
    },
  );
});

const torch = spawnSync('python3', ['-c', 'import torch']);
const reason = torch.status === 0 ? '' : ' (skipped: python3 cannot import torch)';

/** Reads the tensors of this test, runs torch.nn.LSTM with them, and prints results and gradients in our layout. */
const program = `
import json, sys, torch
given = {name: torch.tensor(t['data']).reshape(t['shape']) for name, t in json.load(sys.stdin).items()}
leaves = {name: given[name].clone().requires_grad_() for name in given if not name.endswith('Weights')}
model = torch.nn.LSTM(given['x'].shape[2], given['hidden'].shape[1], batch_first=True)
weights = {'weight_ih_l0': leaves['kernel'].T, 'weight_hh_l0': leaves['recurrentKernel'].T,
           'bias_ih_l0': leaves['bias'], 'bias_hh_l0': leaves['recurrentBias']}
state = (leaves['hidden'][None], leaves['cell'][None])
outputs, (hidden, cell) = torch.func.functional_call(model, weights, (leaves['x'], state))
((outputs * given['outputWeights']).sum() + (cell[0] * given['cellWeights']).sum()).backward()
results = {'outputs': outputs, 'last hidden': hidden, 'last cell': cell,
           **{'d ' + name: leaf.grad for name, leaf in leaves.items()}}
json.dump({name: result.flatten().tolist() for name, result in results.items()}, sys.stdout)`;

describe.skipIf(torch.status !== 0)(`PyTorch's LSTM${reason}`, () => {
  it('agrees with the same weights transposed, outputs, state and all 7 gradients, to 1e-5', async () => {
    const feeds = { ...given, ...weights };
    const lists = Object.entries(feeds).map(([name, { shape, data }]) => [name, { shape, data: Array.from(data) }]);
    const { stdout, stderr } = spawnSync('python3', ['-c', program], {
      input: JSON.stringify(Object.fromEntries(lists)),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const expected: Record<string, number[]> = JSON.parse(stdout);
    const received = await eagerly(withGradients, feeds);
    expect(Object.keys(expected).sort()).toEqual(Object.keys(received).sort());
    for (const [name, wanted] of Object.entries(expected)) expectClose(received[name], wanted, name);
  });
});
