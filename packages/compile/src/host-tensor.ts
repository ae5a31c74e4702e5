/** Tensors on the host: what goes into and comes out of a running function. */
import { CompileError } from './errors.js';
import type { DataType, TensorSpec } from './graph.js';

/** Element arrays by type; bool is one byte an element. */
export type HostData = Float32Array | Int32Array | Uint8Array;

/** Values in row-major order. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: HostData;
}

export type NamedHostTensors = Readonly<Record<string, HostTensor>>;

/** The element type that an array of this kind holds. */
export function dataTypeOf(data: HostData): DataType {
  return data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool';
}

export function zeros({ shape, dtype }: TensorSpec): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  if (dtype === 'float32') return { shape, data: new Float32Array(size) };
  if (dtype === 'int32') return { shape, data: new Int32Array(size) };
  if (dtype === 'bool') return { shape, data: new Uint8Array(size) };
  throw new CompileError(`host tensors hold float32, int32 or bool, not ${dtype}.`);
}
