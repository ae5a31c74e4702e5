import { expect, it } from 'vitest';
import { gatherLabels } from './gather-labels.js';

it('gives 3 labels in the order of their rows, one twice', () => {
  expect([...gatherLabels(Int32Array.of(5, 6, 7), [2, 0, 2])]).toEqual([7, 5, 7]);
});

it.each([
  ['a row behind the last', [1, 2], [2], /received row 2 of 2/],
  ['a row before the first', [1, 2], [-1], /row -1 of 2/],
  ['a label that is NaN', [Number.NaN], [0], /NaN in row 0/],
  ['a label of -1', [-1], [0], /-1 in row 0/],
])('refuses %s instead of taking it for class 0', (_, labels, rows, message) => {
  expect(() => gatherLabels(labels, rows)).toThrow(message);
});
