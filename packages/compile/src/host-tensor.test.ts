import { expect, it } from 'vitest';
import { dataTypeOf, zeros } from './host-tensor.js';

it('tells 3 element types by their arrays', () => {
  expect([new Float32Array(1), new Int32Array(1), new Uint8Array(1)].map(dataTypeOf)).toEqual([
    'float32',
    'int32',
    'bool',
  ]);
});

it('refuses 5 other arrays, naming each', () => {
  for (const [name, data] of Object.entries({
    Float64Array: new Float64Array(1),
    BigInt64Array: new BigInt64Array(1),
    Uint8ClampedArray: new Uint8ClampedArray(1),
    Array: [1, 2],
    undefined: undefined,
  })) {
    expect(() => dataTypeOf(data as never), name).toThrow(`received ${name}. Copy the values`);
  }
});

it('makes 6 zeros of shape [2, 3], one of shape [], none of [0, 3], and no int64', () => {
  expect(zeros({ shape: [2, 3], dtype: 'float32' })).toEqual({ shape: [2, 3], data: new Float32Array(6) });
  expect(zeros({ shape: [], dtype: 'int32' }).data).toEqual(Int32Array.of(0));
  expect(zeros({ shape: [0, 3], dtype: 'bool' }).data).toHaveLength(0);
  expect(() => zeros({ shape: [1], dtype: 'int64' })).toThrow(/not int64/);
});
