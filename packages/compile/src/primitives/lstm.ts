/**
 * Long short-term memory with a forget gate (Hochreiter & Schmidhuber, 1997; Gers et al., 2000; the form of cuDNN and
 * PyTorch, without peepholes):
 *
 *   i = sigmoid(x Wi + bi + h Ui + ci)        input
 *   f = sigmoid(x Wf + bf + h Uf + cf)        forget
 *   g = tanh(x Wg + bg + h Ug + cg)           candidate
 *   o = sigmoid(x Wo + bo + h Uo + co)        output
 *   cell' = f cell + i g
 *   h' = o tanh(cell')
 *
 * The gates stand side by side in the kernels in the order i, f, g, o. Weights are those of PyTorch's `LSTM`, transposed,
 * with both of its biases; ONNX wants i, o, f, g and gets it on export. Where a sequence starts anew, h and cell are zero
 * before the step.
 *
 * The primitive's result is `[B, T + 1, H]`: h after every step, and last the cell after the last one. The backward pass
 * recomputes all gates of all steps in one product and the cells without any, walks back through time carrying dh and
 * dcell, and takes weight gradients in one product.
 *
 * Letters used for shapes here:
 *   B  batch    T  steps    I  inputs    H  hidden units
 */
import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { concatenated } from '../kernels/slicing.js';
import { definePrimitive, type Primitive } from './define.js';
import {
  batchMajor,
  expectShape,
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

/** Weights of an LSTM. */
export interface LstmWeights {
  /** `[I, 4 H]`, gates i, f, g, o side by side. */
  readonly kernel: tf.Tensor;
  /** `[H, 4 H]`. */
  readonly recurrentKernel: tf.Tensor;
  /** `[4 H]`, added to the input product. */
  readonly bias: tf.Tensor;
  /** `[4 H]`, added to the recurrent product: its gradient is that of `bias`. */
  readonly recurrentBias: tf.Tensor;
}

/** What an LSTM remembers, both `[B, H]`. */
export interface LstmState {
  readonly hidden: tf.Tensor2D;
  readonly cell: tf.Tensor2D;
}

/** Where the cell and the mask of resets stand among the inputs. */
const cellPlace = 6;
const resetPlace = 7;

const definition: Omit<Primitive<Record<string, never>>, 'name'> = {
  spec: (inputs) => {
    const { batch, steps, hidden } = geometry(inputs);
    return { shape: [batch, steps + 1, hidden], dtype: 'float32' };
  },
  compute: (inputs) => {
    const { initial, recurrentKernel } = named(inputs);
    const { batch, hidden } = geometry(inputs);
    const { state, results } = scan(
      ([hiddenBefore, cellBefore], [inputGates, keptNow]) => {
        const recurrentGates = tf.matMul(kept(given(hiddenBefore), keptNow), recurrentKernel); // [B, 4H]
        const next = nextState(tf.add(given(inputGates), recurrentGates), kept(given(cellBefore), keptNow));
        return { state: [next.hidden, next.cell], results: [next.hidden] };
      },
      [initial, given(inputs[cellPlace])],
      [allInputGates(inputs), ...keptSteps(inputs)],
    );
    const hiddens = timeMajor(given(results[0])); // [B, T, H]
    return tf.concat([hiddens, tf.reshape(given(state[1]), [batch, 1, hidden])], 1);
  },
  gradient: (upstream, { inputs, output }) => {
    const { input, kernel, recurrentKernel } = named(inputs);
    const { batch, steps, hidden } = geometry(inputs);
    const factors = backwardFactors(inputs, output);
    const { state, results } = scan(
      ([carriedHidden, carriedCell], [upstreamNow, gateFactorsNow, cellFactorNow, forgetNow, keptNow]) => {
        const hiddenGradient = tf.add(given(carriedHidden), given(upstreamNow)); // [B, H]
        const cellGradient = tf.add(given(carriedCell), tf.mul(hiddenGradient, given(cellFactorNow)));
        const spread = tf.concat([cellGradient, cellGradient, cellGradient, hiddenGradient], 1);
        const gateGradients = tf.mul(spread, given(gateFactorsNow)); // [B, 4H]
        const through = tf.matMul(gateGradients, recurrentKernel, false, true); // [B, H]
        return {
          state: [kept(through, keptNow), tf.mul(cellGradient, given(forgetNow))],
          results: [gateGradients],
        };
      },
      [tf.zeros([batch, hidden]), tf.reshape(tf.slice(upstream, [0, steps, 0], [-1, 1, -1]), [batch, hidden])],
      [timeMajor(hiddensOf(upstream)), factors.gates, factors.cell, factors.forget, ...keptSteps(inputs)],
      { reverse: true },
    );
    const gateGradients = given(results[0]); // [T, B, 4H]
    const biasGradient = tf.sum(rowsOf(gateGradients), 0);
    return [
      timeMajor(productOfAllSteps(gateGradients, kernel, true)),
      tf.matMul(rowsOf(timeMajor(input)), rowsOf(gateGradients), true, false),
      tf.matMul(rowsOf(factors.before), rowsOf(gateGradients), true, false),
      biasGradient,
      tf.clone(biasGradient),
      ...state,
      ...inputs.slice(resetPlace).map((reset) => tf.zerosLike(reset)),
    ];
  },
};

const withoutResets = definePrimitive({ ...definition, name: 'Lstm', export: exportedLstm });
/** ONNX's LSTM knows no resets: exported files hold this one as a Scan. */
const withResets = definePrimitive({ ...definition, name: 'LstmWithResets' });

/**
 * Runs an LSTM over a sequence.
 *
 * @param input - `[B, T, I]` float32, T >= 1.
 * @param initial - the state before the first step.
 * @param reset - `[B, T]`: 1 where the state is set to zero before step t, as at the start of an episode, else 0. A constant:
 *   it has no gradient. Nothing is reset if left out.
 * @returns `[B, T, H]`, h after every step, and the state after the last one; the caller owns all three tensors.
 * @throws {CompileError} if ranks or sizes do not fit one another.
 *
 * @example
 * const zeros = { hidden: tf.zeros([1, 2]), cell: tf.zeros([1, 2]) };
 * const { outputs, state } = lstm(tf.zeros([1, 5, 3]), zeros, {
 *   kernel: tf.zeros([3, 8]), recurrentKernel: tf.zeros([2, 8]), bias: tf.zeros([8]), recurrentBias: tf.zeros([8]),
 * }); // outputs [1, 5, 2]
 */
export function lstm(
  input: tf.Tensor,
  initial: LstmState,
  weights: LstmWeights,
  reset?: tf.Tensor,
): { outputs: tf.Tensor3D; state: LstmState } {
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  const inputs = [input, kernel, recurrentKernel, bias, recurrentBias, initial.hidden, initial.cell];
  const { batch, steps, hidden: units } = geometry(reset === undefined ? inputs : [...inputs, reset]);
  return tf.tidy(() => {
    const packed =
      reset === undefined ? withoutResets(inputs, {}) : withResets([...inputs, tf.cast(reset, 'float32')], {});
    const outputs = hiddensOf(packed);
    const hidden = tf.slice(outputs, [0, steps - 1, 0], [-1, 1, -1]);
    const cell = tf.slice(packed, [0, steps, 0], [-1, 1, -1]);
    const asState = (value: tf.Tensor): tf.Tensor2D => tf.reshape(value, [batch, units]);
    return { outputs, state: { hidden: asState(hidden), cell: asState(cell) } };
  });
}

function geometry(inputs: readonly { readonly shape: readonly number[] }[]): RecurrentSizes {
  const sizes = sizesOf('lstm', 4, inputs);
  const { batch, steps, hidden } = sizes;
  expectShape('lstm: expected cell', given(inputs[cellPlace]), [batch, hidden]);
  const reset = inputs[resetPlace];
  if (reset !== undefined) expectShape('lstm: expected reset', reset, [batch, steps]);
  return sizes;
}

/** 0 where a sequence starts anew, else 1: `[[T, B, 1]]`; nothing if none does. */
function keptSteps(inputs: readonly tf.Tensor[]): tf.Tensor[] {
  return inputs.slice(resetPlace).map((reset) => tf.expandDims(tf.sub(1, tf.transpose(reset)), 2));
}

/** What resets leave of a state. */
function kept(state: tf.Tensor, mask: tf.Tensor | undefined): tf.Tensor {
  return mask === undefined ? state : tf.mul(state, mask);
}

/** h after every step, `[B, T, H]`, out of the packed result. */
function hiddensOf(packed: tf.Tensor): tf.Tensor3D {
  return tf.slice(packed as tf.Tensor3D, [0, 0, 0], [-1, (packed.shape[1] ?? 0) - 1, -1]);
}

function allInputGates(inputs: readonly tf.Tensor[]): tf.Tensor {
  const { input, kernel, bias, recurrentBias } = named(inputs);
  return tf.add(productOfAllSteps(timeMajor(input), kernel), tf.add(bias, recurrentBias)); // [T, B, 4H]
}

function nextState(gates: tf.Tensor, cellBefore: tf.Tensor) {
  const { admitted, forget, candidate, exposed } = gatesOf(gates);
  const cell = tf.add(tf.mul(forget, cellBefore), tf.mul(admitted, candidate));
  return { hidden: tf.mul(exposed, tf.tanh(cell)), cell };
}

/** i, f, g and o of the equations at the head of this file, for any leading axes. */
function gatesOf(gates: tf.Tensor) {
  const [i, f, g, o] = tf.split(gates, 4, -1);
  return {
    admitted: tf.sigmoid(given(i)),
    forget: tf.sigmoid(given(f)),
    candidate: tf.tanh(given(g)),
    exposed: tf.sigmoid(given(o)),
  };
}

/**
 * What multiplies dcell' and dh' on their way back, for all steps at once, [T, B, n] each: `gates` for dcell' (three
 * times) and dh' side by side, `cell` for dh' on its way to dcell', `forget` for dcell' on its way to the step before.
 */
function backwardFactors(inputs: readonly tf.Tensor[], output: tf.Tensor) {
  const { initial, recurrentKernel } = named(inputs);
  const firstCell = given(inputs[cellPlace]);
  const [mask] = keptSteps(inputs);
  const before = kept(statesBefore(initial, timeMajor(hiddensOf(output))), mask);
  const gates = tf.add(allInputGates(inputs), productOfAllSteps(before, recurrentKernel)); // [T, B, 4H]
  const { admitted, forget, candidate, exposed } = gatesOf(gates);
  const forgetFactor = kept(forget, mask);
  const cells = allCells(firstCell, forgetFactor, tf.mul(admitted, candidate)); // [T, B, H]
  const squashed = tf.tanh(cells);
  const slopes = [
    tf.mul(candidate, slopeOfSigmoid(admitted)),
    tf.mul(kept(statesBefore(firstCell, cells), mask), slopeOfSigmoid(forget)),
    tf.mul(admitted, slopeOfTanh(candidate)),
    tf.mul(squashed, slopeOfSigmoid(exposed)),
  ];
  const cell = tf.mul(exposed, slopeOfTanh(squashed));
  return { before, gates: tf.concat(slopes, 2), cell, forget: forgetFactor };
}

/** cell' = f cell + added, step by step: without a product, cheaper than to keep cells from the forward pass. */
function allCells(first: tf.Tensor, forget: tf.Tensor, added: tf.Tensor): tf.Tensor {
  const { results } = scan(
    ([cell], [forgetNow, addedNow]) => {
      const next = tf.add(tf.mul(given(forgetNow), given(cell)), given(addedNow));
      return { state: [next], results: [next] };
    },
    [first],
    [forget, added],
  );
  return given(results[0]);
}

/** The derivative of sigmoid in terms of its value. */
function slopeOfSigmoid(value: tf.Tensor): tf.Tensor {
  return tf.mul(value, tf.sub(1, value));
}

/** The derivative of tanh in terms of its value. */
function slopeOfTanh(value: tf.Tensor): tf.Tensor {
  return tf.sub(1, tf.square(value));
}

/** ONNX's LSTM takes gates in the order i, o, f, g. */
function exportedLstm(g: GraphBuilder, inputs: readonly Traced[]): Traced {
  const sizes = geometry(inputs);
  const { batch, steps, hidden } = sizes;
  const last = { shape: [1, batch, hidden], dtype: 'float32' } as const;
  const [states, , cell] = g.nodes(
    'LSTM',
    [...onnxInputs(g, inputs, [0, 3, 1, 2], sizes), g.reshape(given(inputs[cellPlace]), last.shape)],
    [{ shape: [steps, 1, batch, hidden], dtype: 'float32' }, last, last],
    { hidden_size: hidden },
  );
  return concatenated(g, [batchMajor(g, given(states)), g.reshape(given(cell), [batch, 1, hidden])], 1);
}
