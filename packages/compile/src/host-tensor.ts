/** Tensors on the host: what goes into and comes out of a running function. */
import { CompileError } from '@cpc/base';
import { sizeOf, type TensorSpec } from './graph.js';

/** Element arrays by type; bool is one byte an element. */
export type HostData = Float32Array | Int32Array | Uint8Array;

/** Values in row-major order. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: HostData;
}

export type NamedHostTensors = Readonly<Record<string, HostTensor>>;

/**
 * The element type that an array of this kind holds.
 *
 * @throws {CompileError} if it is another kind of array, naming it.
 */
export function dataTypeOf(data: HostData): 'float32' | 'int32' | 'bool' {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint8Array) return 'bool';
  throw new CompileError(
    `host tensors hold Float32Array, Int32Array or Uint8Array (bool), received ${kindOf(data)}. Copy the values, as in Float32Array.from(values).`,
  );
}

/** Shape and element type of each. */
export function specsOfTensors(tensors: NamedHostTensors): Record<string, TensorSpec> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, dtype: dataTypeOf(data) }]),
  );
}

function kindOf(value: unknown): string {
  return value instanceof Object ? value.constructor.name : String(value);
}

/** For messages: `float32[2, 3] with 6 elements`. */
export function describedTensor({ shape, data }: HostTensor): string {
  return `${dataTypeOf(data)}[${shape.join(', ')}] with ${data.length} elements`;
}

/**
 * A tensor of zeros; the caller owns it.
 *
 * @throws {CompileError} if the element type is int64.
 */
export function zeros({ shape, dtype }: TensorSpec): HostTensor {
  const size = sizeOf(shape);
  if (dtype === 'float32') return { shape, data: new Float32Array(size) };
  if (dtype === 'int32') return { shape, data: new Int32Array(size) };
  if (dtype === 'bool') return { shape, data: new Uint8Array(size) };
  throw new CompileError(`host tensors hold float32, int32 or bool, not ${dtype}.`);
}
