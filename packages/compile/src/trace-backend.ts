/**
 * A TensorFlow.js backend that computes nothing and writes down what it was asked.
 *
 * TensorFlow.js finds gradients by running kernels; on this backend those kernels
 * become nodes, so forward and backward pass land in one graph. Which node a
 * kernel becomes is decided in `kernels/`.
 */

import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { DataType } from './graph.js';
import { type GraphBuilder, Traced } from './graph-builder.js';
import { filled } from './kernels/fill.js';
import { kernelTable } from './kernels/index.js';

export const traceBackendName = 'cpc-trace';

/** Tensors of one value, such as tf.ones in gradients, are written out up to this many elements. */
const largestUniform = 1024;

/** A graph that is being written. */
interface Recording {
  readonly builder: GraphBuilder;
  /** Tensors of the graphs around it that it reads. */
  readonly captured: Set<tf.Tensor>;
}

class TraceBackend extends tf.KernelBackend {
  readonly #recordings: Recording[] = [];
  readonly #references = new WeakMap<object, number>();
  readonly #known = new WeakMap<object, { readonly traced: Traced; readonly owner: GraphBuilder }>();

  get builder(): GraphBuilder {
    return this.#recording.builder;
  }

  get #recording(): Recording {
    const recording = this.#recordings.at(-1);
    if (recording === undefined) {
      throw new CompileError(
        `trace: the backend "${traceBackendName}" is active outside trace(). Call tf.setBackend with the name of another one, such as 'cpu'.`,
      );
    }
    return recording;
  }

  enter(builder: GraphBuilder): void {
    this.#recordings.push({ builder, captured: new Set() });
  }

  /** @returns what the graph now finished read of those around it. */
  leave(): ReadonlySet<tf.Tensor> {
    return this.#recordings.pop()?.captured ?? new Set();
  }

  /** A new data id for a value: one per tensor, as TensorFlow.js counts tensors by their data. */
  dataIdOf(traced: Traced): object {
    const dataId = {};
    this.#known.set(dataId, { traced, owner: this.builder });
    return dataId;
  }

  /** The traced value behind a tensor of this backend. */
  traced(tensor: tf.TensorInfo): Traced {
    const known = this.#known.get(tensor.dataId);
    if (known === undefined) {
      throw new CompileError(
        'trace: the function uses a tensor made outside it. Pass it as an input, or make it inside the function from a typed array.',
      );
    }
    if (!this.builder.sees(known.owner)) {
      throw new CompileError(
        'trace: a tensor of another trace, or of a finished scan body, is used here. Make it inside the traced function, pass it as an input, or return it from the body.',
      );
    }
    if (known.owner !== this.builder && tensor instanceof tf.Tensor) this.#recording.captured.add(tensor);
    return known.traced;
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.dataIdOf(this.#constant(values, shape, dtype));
  }

  #constant(values: tf.backend_util.BackendValues, shape: readonly number[], dtype: tf.DataType): Traced {
    const type = graphDataType(dtype);
    const data = copiedAs(type, values);
    const [first = 0] = data;
    const isUniform = data.length > largestUniform && data.every((value) => Object.is(value, first));
    return isUniform ? filled(this.builder, shape, first, type) : this.builder.constant(data, shape, type);
  }

  override move(): void {
    throw new CompileError(
      'trace: tensors of other backends are not moved to the tracing backend; pass them as inputs.',
    );
  }

  override readSync(): never {
    throw new CompileError(
      'trace: a value was read while tracing (dataSync, arraySync, or a condition on a tensor). A traced function may not look at values: use tf.where for choices, or pass the number as an input.',
    );
  }

  override async read(): Promise<never> {
    return this.readSync();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override numDataIds(): number {
    return 0;
  }
  /** True once nothing shares the data: a variable shares that of the tensor it was made of. */
  override disposeData(dataId: object): boolean {
    this.#references.set(dataId, this.refCount(dataId) - 1);
    return this.refCount(dataId) <= 0;
  }
  override incRef(dataId: object): void {
    this.#references.set(dataId, this.refCount(dataId) + 1);
  }
  override refCount(dataId: object): number {
    return this.#references.get(dataId) ?? 1;
  }
  override floatPrecision(): 16 | 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override timerAvailable(): boolean {
    return false;
  }
}

/** The one tracing backend of this process. */
export const traceBackend = new TraceBackend();

/** Registers the backend and its kernels with TensorFlow.js, once. */
export function registerTraceBackend(): void {
  if (tf.findBackend(traceBackendName) !== null) return;
  tf.registerBackend(traceBackendName, () => traceBackend, 0);
  for (const [kernelName, kernel] of Object.entries(kernelTable)) {
    tf.registerKernel({
      kernelName,
      backendName: traceBackendName,
      kernelFunc: ({ inputs, attrs }) => {
        const traced = Object.fromEntries(
          Object.entries(inputs).flatMap(([name, info]) => (info == null ? [] : [[name, tracedInput(info)]])),
        );
        const result = kernel(traceBackend.builder, traced, attrs ?? {});
        return Array.isArray(result) ? result.map(tensorInfo) : tensorInfo(result);
      },
    });
  }
}

function tracedInput(info: tf.TensorInfo): Traced {
  const traced = traceBackend.traced(info);
  return new Traced(traced.name, info.shape, traced.dtype);
}

/** The tensor that stands for a traced value, tracked by TensorFlow.js. */
export function tensorOf(traced: Traced): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(tensorInfo(traced));
}

/** The traced value that a tensor stands for. */
export function tracedOf(tensor: tf.Tensor): Traced {
  return tracedInput(tensor);
}

function tensorInfo(traced: Traced): tf.TensorInfo {
  if (traced.dtype === 'int64')
    throw new CompileError(`trace: value ${traced.name} is int64, which TensorFlow.js does not have.`);
  return { dataId: traceBackend.dataIdOf(traced), shape: [...traced.shape], dtype: traced.dtype };
}

/** A copy: the graph must not change when the caller's array does. Typed arrays are copied whole, which is quick. */
function copiedAs(type: DataType, values: tf.backend_util.BackendValues): Float32Array | Int32Array | Uint8Array {
  const isOfType =
    (type === 'float32' && values instanceof Float32Array) ||
    (type === 'int32' && values instanceof Int32Array) ||
    (type === 'bool' && values instanceof Uint8Array);
  if (isOfType) return values.slice();
  const numbers = Array.from(values as ArrayLike<number>, Number);
  if (type === 'float32') return Float32Array.from(numbers);
  return type === 'int32' ? Int32Array.from(numbers) : Uint8Array.from(numbers);
}

function graphDataType(dtype: tf.DataType): DataType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new CompileError(`trace: element type ${dtype} is not supported; use float32, int32 or bool.`);
}
