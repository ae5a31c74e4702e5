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
    /seen to have at most 1048576 values.*100000, 100000/,
  ],
  ['an action', { observations: [3], actions: [100_000, 100_000] }, /turn to have at most 1048576 values/],
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

it('refuses 16 copies of 1024 x 1024 values, and takes 8 of them', () => {
  const seen = { name: 'seen', type: 'float' as const, shape: [1024, 1024] };
  const turn = { name: 'turn', type: 'int32' as const, shape: [], min: [0], max: [1] };
  const specs = { observations: new Map([[1n, seen]]), actions: new Map([[1n, turn]]) };
  expect(layOut(specs, { copies: 8 }, 'a server').observation.shape).toEqual([1024, 1024]);
  expect(() => layOut(specs, { copies: 16 }, 'a server')).toThrow(
    /of all copies to have at most 8388608.*16 of the shape.*--set copies=N/,
  );
});

it.each([
  ['NaN', [Number.NaN], [1]],
  ['infinite', [0], [Number.POSITIVE_INFINITY]],
  ['fractional', [0.5], [1.5]],
])('refuses actions with a bound that is %s, from 0 to 1 it takes 2', (_, min, max) => {
  const world = (range: { min: number[]; max: number[] }) => ({
    observations: new Map([[1n, { name: 'seen', type: 'float' as const, shape: [3] }]]),
    actions: new Map([[1n, { name: 'turn', type: 'int32' as const, shape: [], ...range }]]),
  });
  expect(layOut(world({ min: [0], max: [1] }), {}, 'a server').actionNames).toEqual(['turn 0', 'turn 1']);
  expect(() => layOut(world({ min, max }), {}, 'a server')).toThrow(/one action of a whole number with a range/);
});

it('refuses a shape of 33 lengths, and ranges of more than 1,048,576 numbers together', () => {
  const joined = (shape: number[], bounds: number) => {
    const min = new Array<number>(bounds).fill(0);
    const spec = { name: 'x', type: 'int8' as const, shape, min, max: min };
    const observations = new Map([
      [1n, spec],
      [2n, spec],
    ]);
    return encodeResponse({ type: 'joinWorld', specs: { actions: new Map(), observations } });
  };
  expect(decodeResponse(joined(new Array(32).fill(1), 2 ** 18))).toMatchObject({ type: 'joinWorld' });
  expect(() => decodeResponse(joined(new Array(33).fill(1), 1))).toThrow(/at most 32 lengths/);
  expect(() => decodeResponse(joined([1], 2 ** 18 + 1))).toThrow(/at most 1048576 values in a message/);
});

it('quotes 500 characters of a name of 1,000,000', () => {
  const name = 'x'.repeat(1_000_000);
  const specs = { observations: new Map([[1n, { name, type: 'string' as const, shape: [] }]]), actions: new Map() };
  const turn = { name: 'turn', type: 'int32' as const, shape: [], min: [0], max: [1] };
  const laidOut = () => layOut({ ...specs, actions: new Map([[1n, turn]]) }, {}, 'a server');
  expect(laidOut).toThrow(/[^x]x{500}… \(1000000 characters\)/);
});
