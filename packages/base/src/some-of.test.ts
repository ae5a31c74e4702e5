import { expect, it } from 'vitest';
import { someOf } from './some-of.js';

it('names all of 2 names, and 2 of 3 with the number of the others', () => {
  expect(someOf(['a', 'b'], 2)).toBe('a, b');
  expect(someOf(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
});
