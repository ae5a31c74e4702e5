import { expect, it } from 'vitest';
import { digitOf } from './digit-task.js';

it('is the digit 7 of a recording that says so', () => {
  expect(digitOf({ id: '7_ann_0', attributes: { digit: '7' } })).toBe(7);
});

it.each([{}, { digit: 'x' }, { digit: '' }, { digit: '10' }])('of %j is refused, and never class 0', (attributes) => {
  expect(() => digitOf({ id: 'odd.wav', attributes })).toThrow(/odd\.wav: expected a recording named after a digit/);
});
