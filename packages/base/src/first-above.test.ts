import { describe, expect, it } from 'vitest';
import { firstAbove } from './first-above.js';

describe('firstAbove', () => {
  it('finds which of the weights 3, 1, 0 and 2 each of the numbers 0 to 5 falls in, and the length for 6', () => {
    const found = Array.from({ length: 7 }, (_, value) => firstAbove([3, 4, 4, 6], value));
    expect(found).toEqual([0, 0, 0, 1, 3, 3, 4]);
  });

  it('is 0 in an empty list', () => {
    expect(firstAbove([], 1)).toBe(0);
  });
});
