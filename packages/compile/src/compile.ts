/**
 * From a function or a graph to something that runs.
 */
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { CompileError } from './errors.js';
import type { AxisLength, Graph, TensorSpec, Value } from './graph.js';
import { dataTypeOf, type HostTensor, type NamedHostTensors, zeros } from './host-tensor.js';
import { toOnnx } from './onnx/encode.js';
import { applyPasses, standardPasses } from './passes/index.js';
import type { Pass } from './passes/pass.js';
import type { Runtime } from './runtime.js';
import { type NamedSpecs, type PureFunction, trace } from './trace.js';

/** A function that runs on host tensors. */
export interface CompiledFunction {
  readonly inputs: NamedSpecs;
  readonly outputs: NamedSpecs;
  /**
   * Runs once.
   *
   * @param feeds - every input by name; further names are ignored, so that a state may be spread in.
   * @param into - tensors to write outputs into; outputs that are not named here are newly made. None may share memory with a feed.
   * @returns every output by name.
   * @throws {CompileError} if an input is missing or its shape or element type is not the one compiled for.
   */
  readonly run: (feeds: NamedHostTensors, into?: NamedHostTensors) => Promise<NamedHostTensors>;
  /** Frees the session; running afterwards is an error. */
  readonly dispose: () => Promise<void>;
}

export interface CompileOptions {
  readonly runtime: Runtime;
  /** Passes to apply instead of the standard ones for training. */
  readonly passes?: readonly Pass[];
}

/**
 * Traces, optimises and loads a function.
 *
 * @example
 * const twice = await compile(({ x }) => ({ y: tf.mul(x, 2) }), { x: { shape: [3], dtype: 'float32' } }, { runtime });
 * const { y } = await twice.run({ x: { shape: [3], data: Float32Array.of(1, 2, 3) } });
 */
export async function compile(
  fn: PureFunction,
  inputs: NamedSpecs,
  options: CompileOptions,
): Promise<CompiledFunction> {
  return compileGraph(trace(fn, inputs), options);
}

/** Like `compile`, for a graph already traced. */
export async function compileGraph(traced: Graph, options: CompileOptions): Promise<CompiledFunction> {
  const graph = applyPasses(traced, options.passes ?? standardPasses('train'));
  const session = await options.runtime.createSession(toOnnx(graph));
  return new SessionFunction(graph, session, options.runtime);
}

class SessionFunction implements CompiledFunction {
  readonly inputs: NamedSpecs;
  readonly outputs: NamedSpecs;
  readonly #session: InferenceSession;
  readonly #runtime: Runtime;
  readonly #readInputs: ReadonlySet<string>;

  constructor(graph: Graph, session: InferenceSession, runtime: Runtime) {
    this.inputs = specsOf(graph.inputs);
    this.outputs = specsOf(graph.outputs);
    this.#session = session;
    this.#runtime = runtime;
    this.#readInputs = new Set(session.inputNames);
  }

  readonly run = async (feeds: NamedHostTensors, into: NamedHostTensors = {}): Promise<NamedHostTensors> => {
    const given: Record<string, Tensor> = {};
    for (const [name, spec] of Object.entries(this.inputs)) {
      const checked = this.#tensor('input', name, spec, feeds[name]);
      if (this.#readInputs.has(name)) given[name] = checked;
    }
    const buffers: Record<string, HostTensor> = {};
    const wanted: Record<string, Tensor> = {};
    for (const [name, spec] of Object.entries(this.outputs)) {
      const buffer = into[name] ?? zeros(spec);
      buffers[name] = buffer;
      wanted[name] = this.#tensor('output', name, spec, buffer);
    }
    await this.#session.run(given, wanted);
    return buffers;
  };

  readonly dispose = async (): Promise<void> => {
    await this.#session.release();
  };

  #tensor(kind: 'input' | 'output', name: string, spec: TensorSpec, tensor: HostTensor | undefined): Tensor {
    const expected = `${spec.dtype}[${spec.shape.join(', ')}]`;
    if (tensor === undefined) throw new CompileError(`run: ${kind} "${name}" is missing; expected ${expected}.`);
    const dtype = dataTypeOf(tensor.data);
    const received = `${dtype}[${tensor.shape.join(', ')}] with ${tensor.data.length} elements`;
    const fits =
      dtype === spec.dtype && tensor.shape.join() === spec.shape.join() && tensor.data.length === sizeOf(spec);
    if (!fits || dtype === 'int64') {
      throw new CompileError(
        `run: ${kind} "${name}" should be ${expected}, received ${received}. A compiled function has fixed shapes: compile again for other ones.`,
      );
    }
    return this.#runtime.createTensor(dtype, tensor.data, tensor.shape);
  }
}

function sizeOf(spec: TensorSpec): number {
  return spec.shape.reduce((product, length) => product * length, 1);
}

function specsOf(values: readonly Value[]): NamedSpecs {
  return Object.fromEntries(values.map(({ name, shape, dtype }) => [name, { shape: shape.map(fixed), dtype }]));
}

function fixed(length: AxisLength): number {
  if (typeof length === 'number') return length;
  throw new CompileError(`compile: axis "${length}" is symbolic; a compiled function needs fixed shapes.`);
}
