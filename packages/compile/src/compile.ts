/**
 * From a function or a graph to something that runs.
 */

import { CompileError } from '@cpc/base';
import type { Tensor } from 'onnxruntime-common';
import { type AxisLength, type Graph, sizeOf, type TensorSpec, type Value } from './graph.js';
import {
  dataTypeOf,
  describedTensor,
  type HostTensor,
  type NamedHostTensors,
  specsOfTensors,
  zeros,
} from './host-tensor.js';
import { refuseSharedMemory } from './memory.js';
import { toOnnx } from './onnx/encode.js';
import { applyPasses, standardPasses } from './passes/index.js';
import type { Purpose } from './passes/lower-primitives.js';
import type { Pass } from './passes/support/pass.js';
import type { Runtime } from './runtime.js';
import { GuardedSession } from './session.js';
import { type NamedSpecs, type PureFunction, trace, withAnyInputs } from './trace.js';

/** A function that runs on host tensors. */
export interface CompiledFunction<Output extends string = string> {
  readonly inputs: NamedSpecs;
  readonly outputs: NamedSpecs;
  /**
   * Runs once.
   *
   * @param feeds - every input by name; further names are ignored, so that a state may be spread in.
   * @param into - tensors to write outputs into; outputs that are not named here are newly made. None may share memory
   *   with an input or with another output.
   * @returns every output by name; those named in `into` are the tensors given there.
   * @throws {CompileError} if an input is missing or its shape or element type is not the one compiled for; if `into`
   *   names no output or shares memory; after dispose(); or with what the runtime says if it fails.
   */
  readonly run: (feeds: NamedHostTensors, into?: NamedHostTensors) => Promise<Readonly<Record<Output, HostTensor>>>;
  /** Frees the session; running afterwards is an error, disposing again is not. */
  readonly dispose: () => Promise<void>;
}

export interface CompileOptions<Constant extends string = string> {
  readonly runtime: Runtime;
  /** Passes to apply instead of `standardPasses`: for `infer` where there are constants, else for `train`. */
  readonly passes?: (purpose: Purpose) => readonly Pass[];
  /**
   * Inputs that are the same at every run, by name. They become part of the function, which the runtime then lays out for speed; to
   * change one, compile again.
   */
  readonly constants?: Readonly<Record<Constant, HostTensor>>;
}

/**
 * Traces, optimises and loads a function.
 *
 * @example
 * const twice = await compile(({ x }) => ({ y: tf.mul(x, 2) }), { x: { shape: [3], dtype: 'float32' } }, { runtime });
 * const { y } = await twice.run({ x: { shape: [3], data: Float32Array.of(1, 2, 3) } });
 */
export async function compile<Input extends string, Output extends string, Constant extends string = never>(
  fn: PureFunction<Input | Constant, Output>,
  inputs: Readonly<Record<Input, TensorSpec>>,
  options: CompileOptions<Constant>,
): Promise<CompiledFunction<Output>> {
  const specs: NamedSpecs = { ...inputs, ...specsOfTensors(options.constants ?? {}) };
  return compileGraph(trace(withAnyInputs(fn), specs), options) as Promise<CompiledFunction<Output>>; // its outputs are fn's
}

/**
 * Like `compile`, for a graph already traced, of which the constants are inputs.
 *
 * @throws {CompileError} if a constant is no input of the graph, or of another shape or element type.
 */
export async function compileGraph(traced: Graph, options: CompileOptions): Promise<CompiledFunction> {
  const { constants = {}, passes = standardPasses } = options;
  const purpose = Object.keys(constants).length === 0 ? 'train' : 'infer';
  const graph = applyPasses(withConstants(traced, constants), passes(purpose));
  const session = await options.runtime.createSession(toOnnx(graph), 'given-outputs');
  return new SessionFunction(graph, new GuardedSession('compile', session), options.runtime);
}

/** The graph with these values instead of inputs. */
function withConstants(graph: Graph, constants: NamedHostTensors): Graph {
  const given = Object.entries(
    chosen('constant', specsOf(graph.inputs.filter(({ name }) => name in constants)), constants),
  );
  refuseUnknown('constants', constants, specsOf(graph.inputs));
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !(name in constants)),
    constants: new Map([
      ...graph.constants,
      ...given.map(([name, { shape, data }]) => [name, { shape, data, dtype: dataTypeOf(data) }] as const),
    ]),
  };
}

class SessionFunction implements CompiledFunction {
  readonly inputs: NamedSpecs;
  readonly outputs: NamedSpecs;
  readonly #session: GuardedSession;
  readonly #runtime: Runtime;

  constructor(graph: Graph, session: GuardedSession, runtime: Runtime) {
    this.inputs = specsOf(graph.inputs);
    this.outputs = specsOf(graph.outputs);
    this.#session = session;
    this.#runtime = runtime;
  }

  readonly run = async (feeds: NamedHostTensors, into: NamedHostTensors = {}): Promise<NamedHostTensors> => {
    this.#session.requireAlive();
    const read = chosen('input', this.inputs, feeds);
    refuseUnknown('into', into, this.outputs);
    const made = Object.entries(this.outputs).map(([name, spec]) => [name, into[name] ?? zeros(spec)] as const);
    const written = chosen('output', this.outputs, Object.fromEntries(made));
    refuseSharedMemory(read, into);
    const needed = Object.entries(read).filter(([name]) => this.#session.inputNames.has(name));
    await this.#session.run(this.#tensors(Object.fromEntries(needed)), this.#tensors(written));
    return written;
  };

  readonly dispose = (): Promise<void> => this.#session.dispose();

  #tensors(tensors: NamedHostTensors): Record<string, Tensor> {
    return Object.fromEntries(
      Object.entries(tensors).map(([name, { data, shape }]) => [
        name,
        this.#runtime.createTensor(dataTypeOf(data), data, shape),
      ]),
    );
  }
}

/** The tensors that were asked for, each with the shape and element type of its spec. */
function chosen(
  kind: 'input' | 'output' | 'constant',
  specs: NamedSpecs,
  tensors: NamedHostTensors,
): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, fitting(kind, name, spec, tensors[name])]),
  );
}

function fitting(kind: string, name: string, spec: TensorSpec, tensor: HostTensor | undefined): HostTensor {
  const expected = `${spec.dtype}[${spec.shape.join(', ')}]`;
  if (tensor === undefined) throw new CompileError(`run: ${kind} "${name}" is missing; expected ${expected}.`);
  const isOfType = dataTypeOf(tensor.data) === spec.dtype;
  if (isOfType && tensor.shape.join() === spec.shape.join() && tensor.data.length === sizeOf(spec.shape)) return tensor;
  throw new CompileError(
    `run: ${kind} "${name}" should be ${expected}, received ${describedTensor(tensor)}. A compiled function has fixed shapes: compile again for other ones.`,
  );
}

function refuseUnknown(argument: 'into' | 'constants', tensors: NamedHostTensors, known: NamedSpecs): void {
  const unknown = Object.keys(tensors).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  const [where, kind] = argument === 'into' ? ['run', 'output'] : ['compile', 'input'];
  throw new CompileError(
    `${where}: ${argument} names "${unknown}", which is no ${kind}; ${kind}s are ${Object.keys(known).join(', ')}. Leave it out, or name an ${kind}.`,
  );
}

function specsOf(values: readonly Value[]): NamedSpecs {
  return Object.fromEntries(values.map(({ name, shape, dtype }) => [name, { shape: shape.map(fixed), dtype }]));
}

function fixed(length: AxisLength): number {
  if (typeof length === 'number') return length;
  throw new CompileError(`compile: axis "${length}" is symbolic; a compiled function needs fixed shapes.`);
}
