/**
 * From a TensorFlow.js function to an ONNX file whose batch, time or picture axes have no fixed length.
 */
import { CompileError } from '@cpc/base';
import type { AxisLength, Graph, TensorSpec } from '../graph.js';
import { type OnnxOptions, toOnnx } from '../onnx/encode.js';
import { leastLengthsAsMetadata } from '../onnx/least-lengths.js';
import { chains } from '../passes/chains.js';
import { deadCode } from '../passes/dead-code.js';
import { identities } from '../passes/identities.js';
import { applyPasses } from '../passes/index.js';
import { lowerPrimitives } from '../passes/lower-primitives.js';
import { parts } from '../passes/parts.js';
import { type PureFunction, trace, withAnyInputs } from '../trace.js';
import { type AxisSizes, fixedSpecs, type NamedAxes, type SymbolicSpecs, tracedSizes } from './axes.js';
import { generalise, type SizedGraph } from './generalise.js';
import { exportPasses } from './passes/index.js';
import { shareConstants } from './share-constants.js';

export interface ExportOptions extends OnnxOptions {
  /** Every axis that a shape names. */
  readonly axes: NamedAxes;
}

/**
 * The bytes of an ONNX file (opset 18) that computes `fn` at every length of its named axes.
 *
 * The function is traced at several sizes and the traces are compared; what they do not determine is an error, never a
 * guess. Weights enter as tensors that `fn` makes from typed arrays; the file holds each once, as a plain initialiser.
 * Output axes are named after what they depend on, such as `samples/160`.
 *
 * @param inputs - shape and element type of every input; a string in a shape names an axis.
 * @throws {CompileError} if `fn` can't be traced, takes different paths at different sizes, or an axis can't be left open.
 *
 * @example
 * const file = exportOnnx(
 *   ({ x }) => ({ y: tf.relu(tf.matMul(x, tf.tensor(weights, [3, 2]))) }),
 *   { x: { shape: ['batch', 3], dtype: 'float32' } },
 *   { axes: { batch: { example: 2 } }, metadata: { trained: '2024-05-01' } },
 * ); // y: float32[batch, 2]
 */
export function exportOnnx<Input extends string>(
  fn: PureFunction<Input>,
  inputs: Readonly<Record<Input, TensorSpec<AxisLength>>>,
  options: ExportOptions,
): Uint8Array {
  const { axes, ...onnx } = options;
  const leasts = Object.fromEntries(Object.entries(axes).map(([name, { atLeast = 1 }]) => [name, atLeast]));
  const metadata = { ...onnx.metadata, ...leastLengthsAsMetadata(leasts) };
  return toOnnx(exportGraph(fn, inputs, axes), { ...onnx, metadata });
}

/** The graph that `exportOnnx` writes; for `toText` and passes of one's own. */
export function exportGraph<Input extends string>(
  fn: PureFunction<Input>,
  inputs: Readonly<Record<Input, TensorSpec<AxisLength>>>,
  axes: NamedAxes,
): Graph {
  const traces: SizedGraph[] = [];
  for (const sizes of tracedSizes(inputs, axes)) {
    const graph = tracedAt(withAnyInputs(fn), inputs, sizes);
    traces.push({ sizes, graph: traces[0] === undefined ? graph : shareConstants(traces[0].graph, graph) });
  }
  const multiples = Object.fromEntries(Object.entries(axes).map(([name, { multipleOf = 1 }]) => [name, multipleOf]));
  return applyPasses(generalise(traces, inputs, multiples), exportPasses);
}

function tracedAt(fn: PureFunction, inputs: SymbolicSpecs, sizes: AxisSizes): Graph {
  try {
    return applyPasses(trace(fn, fixedSpecs(inputs, sizes)), passesPerTrace);
  } catch (error) {
    if (!CompileError.isInstance(error)) throw error;
    const at = Object.entries(sizes).map(([name, length]) => `${name} = ${length}`);
    throw at.length === 0 ? error : new CompileError(`${error.message} (while tracing with ${at.join(', ')})`);
  }
}

/** Passes that treat the same function alike at every size; the rest needs lengths to be named first. */
const passesPerTrace = [deadCode, lowerPrimitives('export'), identities, parts, chains, identities];
