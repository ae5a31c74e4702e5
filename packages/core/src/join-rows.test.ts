import { describe, expect, it } from 'vitest';
import { joinRows } from './join-rows.js';

const array = (shape: number[], ...values: number[]) => ({ shape, data: Float32Array.from(values) });

describe('joinRows', () => {
  it('puts 1 row and 2 rows of 2 numbers under one another: [3, 2]', () => {
    const joined = joinRows([array([1, 2], 1, 2), array([2, 2], 3, 4, 5, 6)]);
    expect(joined).toEqual(array([3, 2], 1, 2, 3, 4, 5, 6));
  });

  it('counts rows of 0 numbers too, and makes [0] of nothing', () => {
    expect(joinRows([array([2, 0]), array([1, 0])]).shape).toEqual([3, 0]);
    expect(joinRows([]).shape).toEqual([0]);
  });

  it('refuses rows of 3 numbers under rows of 2, and a number that is no row', () => {
    expect(() => joinRows([array([1, 2], 1, 2), array([1, 3], 1, 2, 3)])).toThrow(
      /rows of shape \[2\].*received \[1, 3\]/,
    );
    expect(() => joinRows([array([], 1)])).toThrow(/joinRows/);
  });
});
