import { expect, it } from 'vitest';
import { familyOf, operatorWork } from './operator-work.js';

const float = (...shapes: number[][]) => shapes.map((shape) => ({ float: shape }));

it('counts 2 x 3 x 4 x 5 operations and 4 bytes a value for a product of [3, 4] and [4, 5], transposed or not', () => {
  const bytes = 4 * (12 + 20 + 15);
  const expected = { operations: expect.closeTo(120), bytes };
  expect(operatorWork('Gemm', float([3, 4], [4, 5]), float([3, 5]))).toEqual(expected);
  expect(operatorWork('Gemm', float([4, 3], [4, 5]), float([3, 5]))).toEqual(expected);
  expect(operatorWork('FusedMatMul', float([3, 4], [5, 4]), float([3, 5]))).toEqual(expected);
});

it('counts 7 products side by side, of a matrix each or of one for all', () => {
  expect(operatorWork('MatMul', float([7, 3, 4], [7, 4, 5]), float([7, 3, 5])).operations).toBeCloseTo(7 * 120);
  expect(operatorWork('MatMul', float([7, 3, 4], [4, 5]), float([7, 3, 5])).operations).toBeCloseTo(7 * 120);
});

it('counts 2 x 6 x 8 operations for each of the 5 x 7 outputs of a convolution of 6 channels and 8 places', () => {
  const shapes = [[{ float: [1, 6, 1, 14] }, { float: [5, 6, 1, 8] }], [{ float: [1, 5, 1, 7] }]] as const;
  expect(operatorWork('Conv', ...shapes).operations).toBe(2 * 6 * 8 * 5 * 7);
});

it('counts the bytes of an Add and of a comparison, none of a Reshape, and nothing where the profile is silent', () => {
  expect(operatorWork('Add', float([2, 3], [3]), float([2, 3]))).toEqual({ operations: 0, bytes: 60 });
  expect(operatorWork('Greater', float([6], []), [{ bool: [6] }])).toEqual({ operations: 0, bytes: 34 });
  expect(operatorWork('Reshape', float([6]), float([2, 3]))).toEqual({ operations: 0, bytes: 0 });
  expect(operatorWork('Gemm', undefined, 'no list')).toEqual({ operations: 0, bytes: 0 });
});

it('puts Gemm, Slice, ReduceSum, Scan and Relu into five families', () => {
  expect(['Gemm', 'Slice', 'ReduceSum', 'Scan', 'Relu', 'toString'].map(familyOf)).toEqual([
    'products',
    'movement',
    'reductions',
    'loops',
    'elementwise',
    'elementwise',
  ]);
});
