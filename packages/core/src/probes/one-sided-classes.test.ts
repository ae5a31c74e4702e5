import { expect, it } from 'vitest';
import { oneSidedClasses } from './one-sided-classes.js';

it('says nothing of 2 classes that are on both sides, nor of one that is on neither', () => {
  expect(oneSidedClasses({ classes: ['a', 'b', 'c'], train: [0, 1], test: [1, 0] })).toEqual([]);
});

it('names the 1 of 3 classes without a training example, and the 1 without a test example', () => {
  expect(oneSidedClasses({ classes: ['a', 'b', 'c'], train: [0, 1], test: [0, 2] })).toEqual([
    '1 of 3 classes has no training example, so that every answer about it is wrong: c',
    '1 of 3 classes has no test example, so that it does not enter the figures: b',
  ]);
});

it('names 5 of 7 classes and counts the other 2', () => {
  const classes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const [first] = oneSidedClasses({ classes, train: [7], test: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7) });
  expect(first).toMatch(/^7 of 8 classes have no training example.*: a, b, c, d, e and 2 more$/);
});
