/**
 * What recurrent primitives share: their inputs, products over all steps at once, and weights as ONNX wants them.
 *
 * Letters used for shapes here:
 *   B  batch    T  steps    I  inputs    H  hidden units    G  gates, which stand side by side in the weights
 */

import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { TensorSpec } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { concatenated, sliced } from '../kernels/slicing.js';

/** Inputs of a recurrent primitive by name; in a list they stand in this order. */
interface RecurrentInputs<Value> {
  /** `[B, T, I]`. */
  readonly input: Value;
  /** `[I, G H]`. */
  readonly kernel: Value;
  /** `[H, G H]`. */
  readonly recurrentKernel: Value;
  /** `[G H]`, added to the input product. */
  readonly bias: Value;
  /** `[G H]`, added to the recurrent product. */
  readonly recurrentBias: Value;
  /** `[B, H]`. */
  readonly initial: Value;
}

export interface RecurrentSizes {
  readonly batch: number;
  readonly steps: number;
  readonly inputSize: number;
  readonly hidden: number;
}

/** The first six entries of a list of inputs. */
export function named<Value>(inputs: readonly Value[]): RecurrentInputs<Value> {
  const [input, kernel, recurrentKernel, bias, recurrentBias, initial] = inputs;
  return {
    input: given(input),
    kernel: given(kernel),
    recurrentKernel: given(recurrentKernel),
    bias: given(bias),
    recurrentBias: given(recurrentBias),
    initial: given(initial),
  };
}

/** @throws {CompileError} if ranks or sizes do not fit one another. */
export function sizesOf(name: string, gates: number, inputs: readonly Pick<TensorSpec, 'shape'>[]): RecurrentSizes {
  const { input, kernel, recurrentKernel, bias, recurrentBias, initial } = named(inputs);
  const [batch = 0, steps = 0, inputSize = 0] = input.shape;
  const [, hidden = 0] = initial.shape;
  expectShape(`${name}: expected input`, input, [batch, Math.max(steps, 1), inputSize]);
  expectShape(`${name}: expected initial`, initial, [batch, hidden]);
  expectShape(`${name}: expected kernel`, kernel, [inputSize, gates * hidden]);
  expectShape(`${name}: expected recurrentKernel`, recurrentKernel, [hidden, gates * hidden]);
  expectShape(`${name}: expected bias`, bias, [gates * hidden]);
  expectShape(`${name}: expected recurrentBias`, recurrentBias, [gates * hidden]);
  return { batch, steps, inputSize, hidden };
}

/** @param what - how the message begins, such as `gru: expected kernel`. */
export function expectShape(what: string, { shape }: Pick<TensorSpec, 'shape'>, expected: readonly number[]): void {
  if (shape.length === expected.length && expected.every((length, axis) => length === shape[axis])) return;
  throw new CompileError(`${what} of shape [${expected.join(', ')}], received [${shape.join(', ')}].`);
}

/** Swaps the first two axes: [B, T, n] and [T, B, n]. */
export function timeMajor(value: tf.Tensor): tf.Tensor {
  return tf.transpose(value, [1, 0, 2]);
}

/** [T, B, n] and [n, m], or its transpose [m, n], to [T, B, m] as one product. */
export function productOfAllSteps(sequence: tf.Tensor, matrix: tf.Tensor, transposed = false): tf.Tensor {
  const [steps = 0, batch = 0] = sequence.shape;
  const product = tf.matMul(rowsOf(sequence), matrix as tf.Tensor2D, false, transposed); // [T B, m]
  return tf.reshape(product, [steps, batch, matrix.shape[transposed ? 0 : 1] ?? 0]);
}

/** Every step's state before it: [B, H] and [T, B, H] to [T, B, H]. */
export function statesBefore(initial: tf.Tensor, states: tf.Tensor): tf.Tensor {
  const [steps = 0, batch = 0, hidden = 0] = states.shape;
  const first = tf.reshape(initial, [1, batch, hidden]);
  return steps === 1 ? first : tf.concat([first, tf.slice(states, [0, 0, 0], [steps - 1, batch, hidden])], 0);
}

/** [T, B, n] as [T B, n]. */
export function rowsOf(sequence: tf.Tensor): tf.Tensor2D {
  const [steps = 0, batch = 0, width = 0] = sequence.shape;
  return tf.reshape(sequence, [steps * batch, width]);
}

/** The inputs of ONNX's recurrent operators up to the initial hidden state: time first, weights transposed. */
export function onnxInputs(
  g: GraphBuilder,
  inputs: readonly Traced[],
  order: readonly number[],
  { batch, hidden }: RecurrentSizes,
): (Traced | '')[] {
  const { input, kernel, recurrentKernel, bias, recurrentBias, initial } = named(inputs);
  const weights = (value: Traced) => {
    const transposed = reordered(g, g.transpose(value, [1, 0]), order, hidden); // [G H, n]
    return g.reshape(transposed, [1, ...transposed.shape]);
  };
  const biases = concatenated(g, [reordered(g, bias, order, hidden), reordered(g, recurrentBias, order, hidden)], 0);
  return [
    g.transpose(input, [1, 0, 2]),
    weights(kernel),
    weights(recurrentKernel),
    g.reshape(biases, [1, ...biases.shape]),
    '', // lengths of sequences: all are whole
    g.reshape(initial, [1, batch, hidden]),
  ];
}

/** Gates along the first axis in another order. */
function reordered(g: GraphBuilder, value: Traced, order: readonly number[], hidden: number): Traced {
  const rest = value.shape.slice(1);
  const zeros = rest.map(() => 0);
  const gates = order.map((gate) => sliced(g, value, [gate * hidden, ...zeros], [hidden, ...rest]));
  return concatenated(g, gates, 0);
}

/** ONNX's `[T, 1, B, H]`, one direction, as `[B, T, H]`. */
export function batchMajor(g: GraphBuilder, states: Traced): Traced {
  const [steps = 0, , batch = 0, hidden = 0] = states.shape;
  return g.reshape(g.transpose(states, [2, 0, 1, 3]), [batch, steps, hidden]);
}

export function given<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new CompileError('a recurrent primitive lacks an input.');
  return item;
}
