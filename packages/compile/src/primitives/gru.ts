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
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { definePrimitive } from './define.js';
import {
  batchMajor,
  given,
  named,
  onnxInputs,
  productOfAllSteps,
  type RecurrentSizes,
  rowsOf,
  sizesOf,
  statesBefore,
  timeMajor,
} from './recurrent.js';
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
    const { results } = scan(
      ([state], [inputGates]) => {
        const recurrentGates = tf.add(tf.matMul(given(state), recurrentKernel), recurrentBias); // [B, 3H]
        const next = nextState(given(state), given(inputGates), recurrentGates); // [B, H]
        return { state: [next], results: [next] };
      },
      [initial],
      [allInputGates(inputs)],
    );
    return timeMajor(given(results[0])); // [B, T, H]
  },
  gradient: (upstream, { inputs, output }) => {
    const { input, kernel, recurrentKernel } = named(inputs);
    const { batch, hidden } = geometry(inputs);
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
    const recurrentGates = tf.mul(tf.concat([stateGradients, stateGradients, stateGradients], 2), factors.gates);
    const inputGates = tf.concat(
      [tf.slice(recurrentGates, [0, 0, 0], [-1, -1, 2 * hidden]), tf.mul(stateGradients, factors.candidate)],
      2,
    ); // [T, B, 3H]
    return [
      timeMajor(productOfAllSteps(inputGates, kernel, true)),
      tf.matMul(rowsOf(timeMajor(input)), rowsOf(inputGates), true, false),
      tf.matMul(rowsOf(factors.before), rowsOf(recurrentGates), true, false),
      tf.sum(rowsOf(inputGates), 0),
      tf.sum(rowsOf(recurrentGates), 0),
      given(state[0]),
    ];
  },
  export: (g, inputs) => exportedGru(g, inputs),
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
  const inputs = [input, weights.kernel, weights.recurrentKernel, weights.bias, weights.recurrentBias, initial];
  geometry(inputs);
  return tf.tidy(() => primitive(inputs, {}) as tf.Tensor3D);
}

function geometry(inputs: readonly { readonly shape: readonly number[] }[]): RecurrentSizes {
  return sizesOf('gru', 3, inputs);
}

function allInputGates(inputs: readonly tf.Tensor[]): tf.Tensor {
  const { input, kernel, bias } = named(inputs);
  return tf.add(productOfAllSteps(timeMajor(input), kernel), bias); // [T, B, 3H]
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
  const before = statesBefore(initial, timeMajor(output)); // [T, B, H]
  const recurrentGates = tf.add(productOfAllSteps(before, recurrentKernel), recurrentBias); // [T, B, 3H]
  const { reset, update, candidate, recurrentCandidate } = gatesOf(allInputGates(inputs), recurrentGates);
  const candidateFactor = tf.mul(tf.sub(1, update), tf.sub(1, tf.square(candidate))); // [T, B, H]
  const resetFactor = tf.mul(tf.mul(candidateFactor, recurrentCandidate), tf.mul(reset, tf.sub(1, reset)));
  const updateFactor = tf.mul(tf.sub(before, candidate), tf.mul(update, tf.sub(1, update)));
  const gates = tf.concat([resetFactor, updateFactor, tf.mul(candidateFactor, reset)], 2);
  return { before, update, candidate: candidateFactor, gates };
}

/** ONNX's GRU takes gates in the order u, r, n. */
function exportedGru(g: GraphBuilder, inputs: readonly Traced[]): Traced {
  const sizes = geometry(inputs);
  const { batch, steps, hidden } = sizes;
  const states = g.node('GRU', onnxInputs(g, inputs, [1, 0, 2], sizes), [steps, 1, batch, hidden], 'float32', {
    hidden_size: hidden,
    linear_before_reset: 1,
  });
  return batchMajor(g, states);
}
