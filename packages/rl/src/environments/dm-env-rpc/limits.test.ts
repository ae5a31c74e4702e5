/** What a rogue server may not make this package do: take memory for what it claims. */
import { expect, it } from 'vitest';
import { decodeResponse, encodeResponse } from './messages.js';
import { tensorOf } from './tensors.js';
import { fieldsOf, varintsOf } from './wire-reader.js';
import { layOut } from './world-layout.js';

it('refuses a message of more than 65,536 fields of two bytes, and reads one of as many', () => {
  const fields = (count: number) => Uint8Array.from({ length: 2 * count }, (_, place) => (place % 2 === 0 ? 8 : 1));
  expect(fieldsOf(fields(65_536))).toHaveLength(65_536);
  expect(() => fieldsOf(fields(65_537))).toThrow(/at most 65536 fields/);
});

it('refuses a field of more than 4,194,304 packed numbers', () => {
  const field = (count: number) => ({ number: 1, wireType: 2, low: 0, high: 0, bytes: new Uint8Array(count) });
  expect(varintsOf([field(1000)], 1).lows).toHaveLength(1000);
  expect(() => varintsOf([field(2 ** 22 + 1)], 1)).toThrow(/at most 4194304 numbers/);
});

it.each([
  [
    'an observation',
    { observations: [100_000, 100_000], actions: [] },
    /seen to have at most 16777216 values.*100000, 100000/,
  ],
  ['an action', { observations: [3], actions: [100_000, 100_000] }, /turn to have at most 16777216 values/],
])('refuses %s of the shape [100000, 100000] by name', (_, shapes, message) => {
  const specs = {
    observations: new Map([[1n, { name: 'seen', type: 'float' as const, shape: shapes.observations }]]),
    actions: new Map([[1n, { name: 'turn', type: 'int32' as const, shape: shapes.actions, min: [0], max: [1] }]]),
  };
  const actions = [0, 1].map((turn) => ({ name: `${turn}`, tensors: { turn } }));
  expect(() => layOut(specs, { actions }, 'a server')).toThrow(message);
});

it('refuses an answer of 3 tensors that each stand for 8,388,608 values in 20 bytes, and reads one of 2', () => {
  const answer = (count: number) => {
    const tensor = tensorOf('float', [2 ** 23], Float32Array.of(1));
    const observations = new Map(Array.from({ length: count }, (_, index) => [BigInt(index + 1), tensor] as const));
    return encodeResponse({ type: 'step', state: 'running', observations });
  };
  expect(answer(3).length).toBeLessThan(100);
  expect(decodeResponse(answer(2))).toMatchObject({ type: 'step' });
  expect(() => decodeResponse(answer(3))).toThrow(/at most 16777216 values in a message/);
});
