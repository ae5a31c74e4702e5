/** Messages of every kind, and what damage makes of them. */
import type { Random } from '@cpc/base';
import type { RpcRequest, RpcResponse } from '../messages.js';
import type { Tensor } from '../tensors.js';

export const oneOfEach: readonly Tensor[] = [
  { type: 'float', shape: [2], values: Float32Array.of(1.5, -2) },
  { type: 'double', shape: [1, 2], values: Float64Array.of(Math.PI, -1e300) },
  { type: 'int8', shape: [3], values: Int8Array.of(-128, 0, 127) },
  { type: 'int32', shape: [2, 1], values: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
  { type: 'int64', shape: [2], values: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  { type: 'uint8', shape: [2], values: Uint8Array.of(0, 255) },
  { type: 'uint32', shape: [], values: Uint32Array.of(2 ** 32 - 1) },
  { type: 'uint64', shape: [2], values: BigUint64Array.of(0n, 2n ** 64n - 1n) },
  { type: 'bool', shape: [3], values: [true, false, true] },
  { type: 'string', shape: [2], values: ['', 'Straße'] },
  { type: 'proto', shape: [1], values: [{ typeUrl: 'type.example/x', value: Uint8Array.of(1, 2) }] },
];

export const specs = {
  actions: new Map([[1n, { name: 'move', type: 'int32' as const, shape: [], min: [0], max: [8] }]]),
  observations: new Map([
    [2n ** 63n, { name: 'pixels', type: 'uint8' as const, shape: [-1, 96, 3], min: [0], max: [255] }],
    [7n, { name: 'reward', type: 'float' as const, shape: [] }],
  ]),
};

export const requests: readonly RpcRequest[] = [
  { type: 'createWorld', settings: new Map(oneOfEach.map((tensor) => [tensor.type, tensor])) },
  { type: 'joinWorld', worldName: 'world', settings: new Map() },
  {
    type: 'step',
    actions: new Map(oneOfEach.map((tensor, index) => [BigInt(index), tensor])),
    requested: [3n, 2n ** 63n],
  },
  { type: 'reset', settings: new Map(oneOfEach.slice(0, 1).map((tensor) => ['seed', tensor])) },
  { type: 'resetWorld', worldName: 'world', settings: new Map() },
  { type: 'leaveWorld' },
  { type: 'destroyWorld', worldName: 'world' },
];

export const responses: readonly RpcResponse[] = [
  { type: 'createWorld', worldName: 'world' },
  { type: 'joinWorld', specs },
  {
    type: 'step',
    state: 'interrupted',
    observations: new Map(oneOfEach.map((tensor, index) => [BigInt(index), tensor])),
  },
  { type: 'reset', specs },
  { type: 'resetWorld' },
  { type: 'leaveWorld' },
  { type: 'destroyWorld' },
  { type: 'error', code: 3, message: 'no such world' },
];

/** Every third all random; the others a message with bytes changed, or cut off. */
export function damagedOrRandom(message: Uint8Array, number: number, random: Random): Uint8Array {
  if (number % 3 === 0) return Uint8Array.from({ length: random.integer(64) }, () => random.integer(256));
  const bytes = message.slice(0, number % 3 === 1 ? message.length : random.integer(message.length + 1));
  for (let change = 0; change <= random.integer(4); change++)
    bytes[random.integer(bytes.length + 1)] = random.integer(256);
  return bytes;
}
