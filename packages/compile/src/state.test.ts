import { CompileError } from '@cpc/base';
import { expect, it } from 'vitest';
import { createState } from './state.js';
import { bools, floats, ints } from './test-support/tensors.js';

const initial = () => ({ weights: floats([1, 2, 3, 4], [2, 2]), steps: ints([7]), done: bools([0, 1]) });

it('starts with 2 sets of copies: what is written to one changes neither the other nor what was given', () => {
  const given = initial();
  const state = createState(given);
  expect(state.current).toEqual(given);
  expect(state.next).toEqual(given);
  state.next.weights?.data.fill(9);
  given.weights.data.fill(5);
  expect(state.current).toEqual(initial());
  expect(state.next.weights).toEqual(floats([9, 9, 9, 9], [2, 2]));
});

it('swaps the 2 sets, twice back to where they were', () => {
  const state = createState(initial());
  const [current, next] = [state.current, state.next];
  state.swap();
  expect([state.current, state.next]).toEqual([next, current]);
  expect(state.current).toBe(next);
  state.swap();
  expect(state.current).toBe(current);
});

it('reads copies that later writing does not change', () => {
  const state = createState(initial());
  const read = state.read();
  state.current.weights?.data.fill(0);
  expect(read).toEqual(initial());
});

it('loads copies into the current set only, and ignores a name it does not have', () => {
  const state = createState(initial());
  const { current } = state;
  const loaded = { ...initial(), weights: floats([5, 6, 7, 8], [2, 2]), more: floats([1]) };
  state.load(loaded);
  expect(state.current).toBe(current);
  expect(state.current).toEqual({ ...initial(), weights: floats([5, 6, 7, 8], [2, 2]) });
  expect(state.next).toEqual(initial());
  loaded.weights.data.fill(0);
  expect(state.current.weights?.data[0]).toBe(5);
});

it('refuses to load a missing name, another shape, type or number of elements, and then changes none of 3 tensors', () => {
  const state = createState(initial());
  const good = { ...initial(), weights: floats([5, 6, 7, 8], [2, 2]) };
  const wrong = {
    'received nothing': { weights: good.weights, steps: good.steps },
    'received bool[1] with 1 elements': { ...good, done: bools([1]) },
    'received int32[2] with 2 elements': { ...good, done: ints([1, 1]) },
    'received bool[2] with 3 elements': { ...good, done: bools([1, 1, 1], [2]) },
  };
  for (const [message, values] of Object.entries(wrong)) {
    expect(() => state.load(values), message).toThrow(
      `state: load: expected "done" to be bool[2] with 2 elements, ${message}`,
    );
    expect(state.current, message).toEqual(initial());
  }
});

it('is of no use after dispose(), which may be called twice', () => {
  const state = createState(initial());
  state.dispose();
  state.dispose();
  for (const use of [() => state.current, () => state.next, state.swap, state.read, () => state.load(initial())]) {
    expect(use).toThrow(CompileError);
    expect(use).toThrow(/used after dispose\(\)/);
  }
});
