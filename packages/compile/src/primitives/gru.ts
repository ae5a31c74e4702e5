/**
 * Gated recurrent unit, reset after the recurrent product (Cho et al., 2014; the form of cuDNN and PyTorch):
 *
 *   r = sigmoid(x Wr + br + h Ur + cr)        reset
 *   u = sigmoid(x Wu + bu + h Uu + cu)        update
 *   n = tanh(x Wn + bn + r (h Un + cn))       candidate
 *   h' = (1 - u) n + u h
 *
 * The gates stand side by side in the kernels in the order r, u, n. The backward pass recomputes all gates of
 * all steps in one product, walks back through time carrying only dh, and takes weight gradients in one product.
 *
 * Letters used for shapes here:
 *   B  batch    T  steps    I  inputs    H  hidden units
 */
import * as tf from '@tensorflow/tfjs';
import { CompileError } from '../errors.js';
import type { TensorSpec } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { sliced } from '../kernels/slicing.js';
import { definePrimitive } from './define.js';
import { scan } from './scan.js';

/** Weights of a GRU. */
export interface GruWeights {
  /** `[I, 3 H]`, gates r, u, n side by side. */
  readonly kernel: tf.Tensor;
  /** `[H, 3 H]`. */
  readonly recurrentKernel: tf.Tensor;
  /** `[3 H]`, added to the input product. */
  readonly bias: tf.Tensor;
  /** `[3 H]`, added to the recurrent product. */
  readonly recurrentBias: tf.Tensor;
}

const primitive = definePrimitive<Record<string, never>>({
  name: 'Gru',
  spec: (inputs) => {
    const { batch, steps, hidden } = geometry(inputs);
    return { shape: [batch, steps, hidden], dtype: 'float32' };
  },
  compute: (inputs) => {
    const { initial, recurrentKernel, recurrentBias } = named(inputs);
    const inputGates = allInputGates(inputs); // [T, B, 3H]
    const { results } = scan(
      ([state], [inputGatesNow]) => {
        const recurrentGates = tf.add(tf.matMul(given(state), recurrentKernel), recurrentBias); // [B, 3H]
        const next = nextState(given(state), given(inputGatesNow), recurrentGates); // [B, H]
        return { state: [next], results: [next] };
      },
      [initial],
      [inputGates],
    );
    return tf.transpose(given(results[0]), [1, 0, 2]); // [B, T, H]
  },
  gradient: (upstream, { inputs, output }) => {
    const { input, kernel, recurrentKernel } = named(inputs);
    const { batch, steps, inputSize, hidden } = geometry(inputs);
    const factors = backwardFactors(inputs, output);
    const { state, results } = scan(
      ([carried], [upstreamNow, gateFactorsNow, updateNow]) => {
        const stateGradient = tf.add(given(carried), given(upstreamNow)); // [B, H]
        const gateGradients = tf.mul(
          tf.concat([stateGradient, stateGradient, stateGradient], 1),
          given(gateFactorsNow),
        ); // [B, 3H]
        const through = tf.matMul(gateGradients, recurrentKernel, false, true); // [B, H]
        return { state: [tf.add(tf.mul(stateGradient, given(updateNow)), through)], results: [stateGradient] };
      },
      [tf.zeros([batch, hidden])],
      [timeMajor(upstream), factors.gates, factors.update],
      { reverse: true },
    );
    const stateGradients = given(results[0]); // [T, B, H]
    const rows = steps * batch;
    const recurrentGateGradients = tf.reshape(
      tf.mul(tf.concat([stateGradients, stateGradients, stateGradients], 2), factors.gates),
      [rows, 3 * hidden],
    );
    const candidateGradients = tf.reshape(tf.mul(stateGradients, factors.candidate), [rows, hidden]);
    const inputGateGradients = tf.concat(
      [tf.slice(recurrentGateGradients, [0, 0], [rows, 2 * hidden]), candidateGradients],
      1,
    ); // [T B, 3H]
    const inputGradient = tf.matMul(inputGateGradients, kernel, false, true); // [T B, I]
    return [
      timeMajor(tf.reshape(inputGradient, [steps, batch, inputSize])),
      given(state[0]),
      tf.matMul(tf.reshape(timeMajor(input), [rows, inputSize]), inputGateGradients, true, false),
      tf.matMul(tf.reshape(factors.before, [rows, hidden]), recurrentGateGradients, true, false),
      tf.sum(inputGateGradients, 0),
      tf.sum(recurrentGateGradients, 0),
    ];
  },
  export: (g, inputs, _attributes, result) => exportedGru(g, inputs, result),
});

/**
 * Runs a GRU over a sequence.
 *
 * @param input - `[B, T, I]` float32, T >= 1.
 * @param initial - `[B, H]` float32: the state before the first step.
 * @returns `[B, T, H]`: the state after every step; the caller owns it.
 * @throws {CompileError} if ranks or sizes do not fit one another.
 *
 * @example
 * const states = gru(tf.zeros([1, 5, 3]), tf.zeros([1, 2]), {
 *   kernel: tf.zeros([3, 6]), recurrentKernel: tf.zeros([2, 6]), bias: tf.zeros([6]), recurrentBias: tf.zeros([6]),
 * }); // [1, 5, 2]
 */
export function gru(input: tf.Tensor, initial: tf.Tensor, weights: GruWeights): tf.Tensor3D {
  const inputs = [input, initial, weights.kernel, weights.recurrentKernel, weights.bias, weights.recurrentBias];
  geometry(inputs);
  return tf.tidy(() => primitive(inputs, {}) as tf.Tensor3D);
}

function named(inputs: readonly tf.Tensor[]) {
  const [input, initial, kernel, recurrentKernel, bias, recurrentBias] = inputs;
  return {
    input: given(input),
    initial: given(initial),
    kernel: given(kernel),
    recurrentKernel: given(recurrentKernel),
    bias: given(bias),
    recurrentBias: given(recurrentBias),
  };
}

function geometry(inputs: readonly Pick<TensorSpec, 'shape'>[]) {
  const [input, initial, kernel, recurrentKernel, bias, recurrentBias] = inputs.map((value) => value.shape);
  const [batch = 0, steps = 0, inputSize = 0] = input ?? [];
  const hidden = initial?.[1] ?? 0;
  expectShape('input', input, [batch, Math.max(steps, 1), inputSize]);
  expectShape('initial', initial, [batch, hidden]);
  expectShape('kernel', kernel, [inputSize, 3 * hidden]);
  expectShape('recurrentKernel', recurrentKernel, [hidden, 3 * hidden]);
  expectShape('bias', bias, [3 * hidden]);
  expectShape('recurrentBias', recurrentBias, [3 * hidden]);
  return { batch, steps, inputSize, hidden };
}

function expectShape(name: string, received: readonly number[] | undefined, expected: readonly number[]): void {
  if (received?.length === expected.length && expected.every((length, axis) => length === received[axis])) return;
  throw new CompileError(
    `gru: expected ${name} of shape [${expected.join(', ')}], received [${received?.join(', ') ?? ''}].`,
  );
}

/** Swaps the first two axes: [B, T, n] and [T, B, n]. */
function timeMajor(value: tf.Tensor): tf.Tensor {
  return tf.transpose(value, [1, 0, 2]);
}

function allInputGates(inputs: readonly tf.Tensor[]): tf.Tensor {
  const { input, kernel, bias } = named(inputs);
  const { batch, steps, inputSize, hidden } = geometry(inputs);
  const rows = tf.reshape(timeMajor(input), [steps * batch, inputSize]);
  return tf.reshape(tf.add(tf.matMul(rows, kernel), bias), [steps, batch, 3 * hidden]);
}

function nextState(state: tf.Tensor, inputGates: tf.Tensor, recurrentGates: tf.Tensor): tf.Tensor {
  const { update, candidate } = gatesOf(inputGates, recurrentGates);
  return tf.add(candidate, tf.mul(update, tf.sub(state, candidate)));
}

/** The equations at the head of this file, for any leading axes. */
function gatesOf(inputGates: tf.Tensor, recurrentGates: tf.Tensor) {
  const [inputReset, inputUpdate, inputCandidate] = tf.split(inputGates, 3, -1);
  const [recurrentReset, recurrentUpdate, recurrentCandidate] = tf.split(recurrentGates, 3, -1);
  const reset = tf.sigmoid(tf.add(given(inputReset), given(recurrentReset)));
  const update = tf.sigmoid(tf.add(given(inputUpdate), given(recurrentUpdate)));
  const candidate = tf.tanh(tf.add(given(inputCandidate), tf.mul(reset, given(recurrentCandidate))));
  return { reset, update, candidate, recurrentCandidate: given(recurrentCandidate) };
}

/**
 * What multiplies dh' on its way to the gates' inputs, for all steps at once:
 * d(r), d(u) and d(h Un + cn) side by side in `gates` [T, B, 3H]; d(x Wn + bn) in `candidate` [T, B, H].
 */
function backwardFactors(inputs: readonly tf.Tensor[], output: tf.Tensor) {
  const { initial, recurrentKernel, recurrentBias } = named(inputs);
  const { batch, steps, hidden } = geometry(inputs);
  const states = timeMajor(output); // [T, B, H]
  const first = tf.reshape(initial, [1, batch, hidden]);
  const before = steps === 1 ? first : tf.concat([first, tf.slice(states, [0, 0, 0], [steps - 1, batch, hidden])], 0);
  const recurrentProducts = tf.matMul(tf.reshape(before, [steps * batch, hidden]), recurrentKernel); // [T B, 3H]
  const recurrentGates = tf.reshape(tf.add(recurrentProducts, recurrentBias), [steps, batch, 3 * hidden]);
  const { reset, update, candidate, recurrentCandidate } = gatesOf(allInputGates(inputs), recurrentGates);
  const candidateFactor = tf.mul(tf.sub(1, update), tf.sub(1, tf.square(candidate))); // [T, B, H]
  const resetFactor = tf.mul(tf.mul(candidateFactor, recurrentCandidate), tf.mul(reset, tf.sub(1, reset)));
  const updateFactor = tf.mul(tf.sub(before, candidate), tf.mul(update, tf.sub(1, update)));
  const gates = tf.concat([resetFactor, updateFactor, tf.mul(candidateFactor, reset)], 2);
  return { before, update, candidate: candidateFactor, gates };
}

/** ONNX's GRU takes gates in the order u, r, n, time first, weights transposed. */
function exportedGru(g: GraphBuilder, inputs: readonly Traced[], result: TensorSpec): Traced {
  const [input, initial, kernel, recurrentKernel, bias, recurrentBias] = inputs;
  const { batch, steps, hidden } = geometry(inputs);
  const weights = (value: Traced) => {
    const transposed = reordered(g, g.transpose(value, [1, 0]), hidden);
    return g.reshape(transposed, [1, ...transposed.shape]);
  };
  const biases = g.node(
    'Concat',
    [reordered(g, given(bias), hidden), reordered(g, given(recurrentBias), hidden)],
    [6 * hidden],
    'float32',
    { axis: 0 },
  );
  const states = g.node(
    'GRU',
    [
      g.transpose(given(input), [1, 0, 2]),
      weights(given(kernel)),
      weights(given(recurrentKernel)),
      g.reshape(biases, [1, 6 * hidden]),
      '',
      g.reshape(given(initial), [1, batch, hidden]),
    ],
    [steps, 1, batch, hidden],
    'float32',
    { hidden_size: hidden, linear_before_reset: 1 },
  );
  const batchMajor = g.transpose(states, [2, 0, 1, 3]); // [B, T, 1, H]
  return g.reshape(batchMajor, result.shape);
}

/** Gates along the first axis from r, u, n to ONNX's u, r, n. */
function reordered(g: GraphBuilder, value: Traced, hidden: number): Traced {
  const rest = value.shape.slice(1);
  const zeros = rest.map(() => 0);
  const gate = (index: number) => sliced(g, value, [index * hidden, ...zeros], [hidden, ...rest]);
  return g.node('Concat', [gate(1), gate(0), gate(2)], value.shape, 'float32', { axis: 0 });
}

function given<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new CompileError('gru: an input is missing.');
  return item;
}
