/**
 * From a TensorFlow.js function to a graph.
 */
import * as tf from '@tensorflow/tfjs';
import { CompileError } from './errors.js';
import type { Graph, TensorSpec } from './graph.js';
import { GraphBuilder, type Traced } from './graph-builder.js';
import { registerTraceBackend, tensorOf, traceBackend, traceBackendName, tracedOf } from './trace-backend.js';

/** Tensors by name: what a traced function takes and gives. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

/** Shapes and element types by name. */
export type NamedSpecs = Readonly<Record<string, TensorSpec>>;

/** A function that a graph can be made of: no values read, no randomness, no outside tensors. */
export type PureFunction = (inputs: NamedTensors) => NamedTensors;

/**
 * Runs `fn` once on tensors without values and returns what it would compute.
 *
 * Gradients taken inside (`tf.grads`, `tf.valueAndGrads`, `tf.variableGrads`) become part of the graph.
 * The active TensorFlow.js backend is the same before and after.
 *
 * @param inputs - shape and element type of every input, by name.
 * @returns the graph as written down, with primitives whole and no pass applied.
 * @throws {CompileError} if `fn` reads a value, uses a tensor made outside it, or needs a kernel that is not known.
 *
 * @example
 * const graph = trace(({ x }) => ({ y: tf.relu(x) }), { x: { shape: [2, 3], dtype: 'float32' } });
 */
export function trace(fn: PureFunction, inputs: NamedSpecs): Graph {
  const builder = new GraphBuilder();
  const traced = Object.entries(inputs).map(([name, spec]) => [name, builder.input(name, spec)] as const);
  const outputs = record(builder, () => {
    const result = fn(Object.fromEntries(traced.map(([name, value]) => [name, tensorOf(value)])));
    refusePromise(result);
    return Object.entries(result).map(([name, tensor]) => [name, tracedOf(tensor)] as const);
  });
  if (outputs.length === 0)
    throw new CompileError(
      'trace: the function returned no outputs; return a record of tensors, for example { loss }.',
    );
  for (const [name] of outputs) {
    if (Object.hasOwn(inputs, name))
      throw new CompileError(`trace: output "${name}" has the name of an input; name it differently.`);
  }
  return builder.finish(outputs);
}

/**
 * Runs `body` with every kernel recorded into `builder`; for lowerings and subgraphs.
 * Not re-entrant from asynchronous code: `body` must not await.
 */
export function record<Result>(builder: GraphBuilder, body: () => Result): Result {
  registerTraceBackend();
  const before = activeBackend();
  traceBackend.enter(builder);
  switchBackend(traceBackendName);
  try {
    return tidied(body);
  } catch (error) {
    throw explained(error);
  } finally {
    traceBackend.leave();
    switchBackend(before);
  }
}

/** Disposes the tensors that `body` makes, whatever it returns: none has a value. */
function tidied<Result>(body: () => Result): Result {
  const results: Result[] = [];
  tf.tidy(() => {
    results.push(body());
  });
  return results[0] as Result;
}

/** An asynchronous function would go on after the trace has ended, on another backend. */
function refusePromise(result: unknown): void {
  if (!(result instanceof Promise)) return;
  result.catch(() => undefined);
  throw new CompileError(
    'trace: the function is asynchronous. A traced function runs once, at once, and may not await: await what it needs before, and pass that as inputs.',
  );
}

/** Takes and gives traced values where `body` wants tensors. */
export function recordTensors(
  builder: GraphBuilder,
  inputs: readonly Traced[],
  body: (tensors: tf.Tensor[]) => readonly tf.Tensor[],
): Traced[] {
  return record(builder, () => body(inputs.map(tensorOf)).map(tracedOf));
}

/** The backend to return to; TensorFlow.js has none yet in a program that traces first, and its own choice may need a browser. */
function activeBackend(): string {
  const name: string | undefined = tf.getBackend();
  return name ?? 'cpu';
}

/** tf.setBackend does its work before its first await for backends that start at once, as all used here do. */
function switchBackend(name: string): void {
  if (name === tf.getBackend()) return;
  tf.setBackend(name).catch(() => undefined);
  if (tf.getBackend() !== name) throw new CompileError(`trace: TensorFlow.js did not switch to backend "${name}".`);
}

function explained(error: unknown): unknown {
  const missing = error instanceof Error ? /Kernel '([^']+)' not registered for backend/.exec(error.message) : null;
  if (missing === null) return error;
  return new CompileError(
    `trace: no lowering for TensorFlow.js kernel ${missing[1]}. Write the function without it, or add the kernel to ` +
      'the file of its family in packages/compile/src/kernels/.',
  );
}
