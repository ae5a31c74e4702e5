/** Host tensors for tests, written short. */
import type { HostTensor } from '../host-tensor.js';
import { values } from './compare.js';

/** Given float32 values, as a vector unless a shape is named. */
export function floats(data: readonly number[], shape: readonly number[] = [data.length]): HostTensor {
  return { shape, data: Float32Array.from(data) };
}

export function ints(data: readonly number[], shape: readonly number[] = [data.length]): HostTensor {
  return { shape, data: Int32Array.from(data) };
}

export function bools(data: readonly number[], shape: readonly number[] = [data.length]): HostTensor {
  return { shape, data: Uint8Array.from(data) };
}

/** Reproducible float32 values in (from, to). */
export function within(from: number, to: number, shape: readonly number[], offset = 0): HostTensor {
  const unit = values(shape, offset).data;
  return { shape, data: Float32Array.from(unit, (value) => from + ((value + 1) / 2) * (to - from)) };
}

/** Reproducible int32 values, from and to included. */
export function countsWithin(from: number, to: number, shape: readonly number[], offset = 0): HostTensor {
  const data = within(from, to + 1, shape, offset).data;
  return { shape, data: Int32Array.from(data, (value) => Math.min(to, Math.floor(value))) };
}

/** Reproducible booleans. */
export function flags(shape: readonly number[], offset = 0): HostTensor {
  return { shape, data: Uint8Array.from(values(shape, offset).data, (value) => (value > 0 ? 1 : 0)) };
}
