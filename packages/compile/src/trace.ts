/**
 * From a TensorFlow.js function to a graph.
 */

import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { Graph, TensorSpec } from './graph.js';
import { GraphBuilder, type Traced } from './graph-builder.js';
import { registerTraceBackend, tensorOf, traceBackend, traceBackendName, tracedOf } from './trace-backend.js';

/** Tensors by name: what a traced function takes and gives. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

/** Shapes and element types by name. */
export type NamedSpecs = Readonly<Record<string, TensorSpec>>;

/** A function that a graph can be made of: no values read, no random draws, no tensors from outside; see `trace`. */
export type PureFunction<Input extends string = string, Output extends string = string> = (
  inputs: Readonly<Record<Input, tf.Tensor>>,
) => Readonly<Record<Output, tf.Tensor>>;

/** The same function, whose inputs are known by name only when it runs. */
export function withAnyInputs<Input extends string>(fn: PureFunction<Input>): PureFunction {
  return (inputs) => fn(inputs as Readonly<Record<Input, tf.Tensor>>);
}

/**
 * Runs `fn` once on tensors without values and returns what it would compute.
 *
 * Gradients taken inside (`tf.grads`, `tf.valueAndGrads`, `tf.variableGrads`) become part of the graph. Variables that
 * `fn` makes are constants of the graph and are disposed of with the trace, so that their names are free again.
 * The active TensorFlow.js backend is the same before and after. While `fn` runs, `Math.random` throws: what is drawn
 * while tracing would be the same at every run. For the same reason a draw with a seed of its own, such as
 * `tf.randomNormal(shape, 0, 1, 'float32', seed)`, becomes a constant.
 *
 * @param inputs - shape and element type of every input, by name; lengths are whole numbers of at least 0.
 * @returns the graph as written down, with primitives whole and no pass applied. Nothing of `fn`'s tensors is left behind.
 * @throws {CompileError} if `fn` reads a value, draws at random, uses a tensor made outside it, awaits, returns anything
 *   but a record of tensors, or needs a kernel that is not known; or if a shape is none.
 *
 * @example
 * const graph = trace(({ x }) => ({ y: tf.relu(x) }), { x: { shape: [2, 3], dtype: 'float32' } });
 */
export function trace<Input extends string>(
  fn: PureFunction<Input>,
  inputs: Readonly<Record<Input, TensorSpec>>,
): Graph {
  return traceAny(withAnyInputs(fn), inputs);
}

function traceAny(fn: PureFunction, inputs: NamedSpecs): Graph {
  for (const [name, { shape }] of Object.entries(inputs)) requireShape(name, shape);
  const builder = new GraphBuilder();
  const traced = Object.entries(inputs).map(([name, spec]) => [name, builder.input(name, spec)] as const);
  const outputs = record(builder, () => {
    const result = fn(Object.fromEntries(traced.map(([name, value]) => [name, tensorOf(value)])));
    refusePromise(result);
    return Object.entries(tensorsOf(result)).map(([name, tensor]) => [name, tracedOf(tensor)] as const);
  });
  if (outputs.length === 0)
    throw new CompileError(
      'trace: the function returned no outputs; return a record of tensors, for example { loss }.',
    );
  return builder.finish(outputs);
}

/**
 * Runs `body` with every kernel recorded into `builder`; for lowerings and subgraphs.
 * Not re-entrant from asynchronous code: `body` must not await.
 */
export function record<Result>(builder: GraphBuilder, body: () => Result): Result {
  registerTraceBackend();
  const before = activeBackend();
  const allowRandom = refuseRandom();
  const variables = new Set(variableNames());
  traceBackend.enter(builder);
  try {
    switchBackend(traceBackendName);
    return tidied(body);
  } catch (error) {
    throw explained(error);
  } finally {
    disposeVariablesBut(variables);
    traceBackend.leave();
    allowRandom();
    switchBackend(before);
  }
}

/** Until the returned function is called, drawing at random throws: TensorFlow.js's draws without a seed do it too. */
function refuseRandom(): () => void {
  const mathematics: { random: () => number } = Math;
  const { random } = mathematics;
  mathematics.random = () => {
    throw new CompileError(
      'trace: a random number was drawn while tracing (tf.dropout, tf.randomNormal, …), which every run would repeat. ' +
        'Draw outside the function and pass the noise, or the mask, as an input.',
    );
  };
  return () => {
    mathematics.random = random;
  };
}

function variableNames(): string[] {
  return Object.keys(tf.engine().registeredVariables);
}

/** tf.tidy spares variables: they would stay registered, and their names taken. */
function disposeVariablesBut(kept: ReadonlySet<string>): void {
  const variables = tf.engine().registeredVariables;
  for (const name of variableNames()) if (!kept.has(name)) variables[name]?.dispose();
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

/** @throws {CompileError} if it is anything but a record of tensors. */
function tensorsOf(result: unknown): NamedTensors {
  const isRecord = result instanceof Object && !(result instanceof tf.Tensor) && !Array.isArray(result);
  const wrong = isRecord ? Object.entries(result).find(([, value]) => !(value instanceof tf.Tensor)) : ['', result];
  if (isRecord && wrong === undefined) return result as NamedTensors;
  const [name, value] = wrong ?? [];
  throw new CompileError(
    `trace: expected the function to return a record of tensors, received ${kindOf(value)}${name === '' ? '' : ` as "${name}"`}. ` +
      'Give every tensor a name, as in return { y }; wrap a number in tf.scalar.',
  );
}

function kindOf(value: unknown): string {
  if (value instanceof tf.Tensor) return 'a bare tensor';
  return Array.isArray(value) ? 'an array' : value instanceof Object ? `a ${value.constructor.name}` : String(value);
}

function requireShape(name: string, shape: readonly unknown[]): void {
  const wrong = shape.find((length) => !(Number.isInteger(length) && Number(length) >= 0));
  if (wrong === undefined && !shape.includes(undefined)) return;
  throw new CompileError(
    `trace: input "${name}" has shape [${shape.join(', ')}]; expected whole numbers of at least 0. A traced function has ` +
      'fixed shapes: axes of any length are for exportOnnx, which takes their names.',
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
