import { expect, it } from 'vitest';
import { oneSidedClasses } from './one-sided-classes.js';

it('says nothing of 2 classes that are on both sides, nor of one that is on neither', () => {
  expect(oneSidedClasses(['a', 'b', 'c'], [{ train: [0, 1], test: [1, 0] }])).toEqual([]);
});

it('names the 1 of 3 classes without a training example, and the 1 without a test example', () => {
  expect(oneSidedClasses(['a', 'b', 'c'], [{ train: [0, 1], test: [0, 2] }])).toEqual([
    '1 of 3 classes has no training example, so every answer about such a class is wrong: c',
    '1 of 3 classes has no test example, so such a class does not enter the figures: b',
  ]);
});

it('names the class that 1 of 2 folds asks about without training, and none of those that take turns', () => {
  const splits = [
    { train: [0, 1], test: [0, 2] },
    { train: [0, 2], test: [1, 0] },
  ];
  expect(oneSidedClasses(['a', 'b', 'c'], splits)).toEqual([
    '2 of 3 classes have no training example in some fold, so every answer about such a class is wrong: b, c',
  ]);
});

it('names 5 of 7 classes and counts the other 2', () => {
  const classes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const [first] = oneSidedClasses(classes, [{ train: [7], test: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7) }]);
  expect(first).toMatch(/^7 of 8 classes have no training example.*: a, b, c, d, e and 2 more$/);
});
