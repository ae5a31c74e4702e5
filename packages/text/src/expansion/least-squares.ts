/**
 * Linear least squares with an intercept, by the normal equations in double precision: rows arrive one at a time and need not be in
 * memory together.
 *
 * Letters used for shapes here:
 *   X  inputs of a row    Y  outputs of a row
 */
import { CpcError } from '@cpc/core';

/** `y = x A + b`. */
export interface LinearMap {
  /** `[X, Y]`. */
  readonly weights: Float64Array;
  /** `[Y]`. */
  readonly intercept: Float64Array;
  readonly inputs: number;
  readonly outputs: number;
}

export interface LeastSquares {
  /** One row: its X inputs and its Y outputs. */
  readonly add: (inputs: ArrayLike<number>, outputs: ArrayLike<number>) => void;
  /**
   * The map with the least sum of squared errors. Inputs that depend on one another get the smallest weights that do as well, up to a
   * ridge of 1e-10 of the mean square.
   *
   * @throws {CpcError} if fewer rows than inputs + 1 were added: there is no single best map.
   */
  readonly solve: () => LinearMap;
}

/**
 * @param inputs - X.
 * @param outputs - Y.
 */
export function createLeastSquares(inputs: number, outputs: number): LeastSquares {
  const width = inputs + 1; // the last is 1, for the intercept
  const products = new Float64Array(width * width);
  const targets = new Float64Array(width * outputs);
  const row = new Float64Array(width);
  let rows = 0;
  return {
    add: (given, wanted) => {
      for (let index = 0; index < inputs; index++) row[index] = given[index] ?? 0;
      row[inputs] = 1;
      for (let left = 0; left < width; left++) {
        const value = row[left] ?? 0;
        for (let right = 0; right <= left; right++)
          products[left * width + right] = (products[left * width + right] ?? 0) + value * (row[right] ?? 0);
        for (let output = 0; output < outputs; output++)
          targets[left * outputs + output] = (targets[left * outputs + output] ?? 0) + value * (wanted[output] ?? 0);
      }
      rows += 1;
    },
    solve: () => {
      if (rows < width) {
        const expected = `at least ${width} rows for ${inputs} inputs and an intercept`;
        throw new CpcError({ where: 'leastSquares', expected, received: rows });
      }
      const ridged = withRidge(products, width, inputs);
      const solution = solveByCholesky(ridged, targets, width, outputs);
      return {
        inputs,
        outputs,
        weights: solution.slice(0, inputs * outputs),
        intercept: solution.slice(inputs * outputs),
      };
    },
  };
}

/** `[Y]` of `[X]`. */
export function applyMap({ weights, intercept, inputs, outputs }: LinearMap, given: ArrayLike<number>): Float32Array {
  const sums = intercept.slice();
  for (let input = 0; input < inputs; input++) {
    const value = given[input] ?? 0;
    for (let output = 0; output < outputs; output++)
      sums[output] = (sums[output] ?? 0) + value * (weights[input * outputs + output] ?? 0);
  }
  return Float32Array.from(sums);
}

function withRidge(products: Float64Array, width: number, inputs: number): Float64Array {
  const ridged = products.slice();
  let trace = 0;
  for (let index = 0; index < inputs; index++) trace += products[index * width + index] ?? 0;
  const ridge = (1e-10 * trace) / Math.max(1, inputs);
  for (let index = 0; index < inputs; index++)
    ridged[index * width + index] = (ridged[index * width + index] ?? 0) + Math.max(ridge, Number.MIN_VALUE);
  return ridged;
}

/** Solves for a symmetric positive definite matrix of which the lower half is given (Golub & Van Loan, algorithm 4.2.1). */
function solveByCholesky(matrix: Float64Array, targets: Float64Array, width: number, outputs: number): Float64Array {
  const lower = matrix.slice();
  const at = (row: number, column: number) => lower[row * width + column] ?? 0;
  for (let column = 0; column < width; column++) {
    let pivot = at(column, column);
    for (let index = 0; index < column; index++) pivot -= at(column, index) ** 2;
    const root = Math.sqrt(Math.max(pivot, Number.MIN_VALUE));
    lower[column * width + column] = root;
    for (let row = column + 1; row < width; row++) {
      let sum = at(row, column);
      for (let index = 0; index < column; index++) sum -= at(row, index) * at(column, index);
      lower[row * width + column] = sum / root;
    }
  }
  const solution = targets.slice();
  const entry = (row: number, output: number) => solution[row * outputs + output] ?? 0;
  for (let output = 0; output < outputs; output++) {
    for (let row = 0; row < width; row++) {
      let sum = entry(row, output);
      for (let index = 0; index < row; index++) sum -= at(row, index) * entry(index, output);
      solution[row * outputs + output] = sum / at(row, row);
    }
    for (let row = width - 1; row >= 0; row--) {
      let sum = entry(row, output);
      for (let index = row + 1; index < width; index++) sum -= at(index, row) * entry(index, output);
      solution[row * outputs + output] = sum / at(row, row);
    }
  }
  return solution;
}
