import { describe, expect, it } from 'vitest';
import { minimise } from './lbfgs.js';

/** Rosenbrock's valley in n dimensions; its minimum is 0 at (1, …, 1). */
async function rosenbrock(point: Float64Array) {
  let value = 0;
  const gradient = new Float64Array(point.length);
  for (let i = 0; i + 1 < point.length; i++) {
    const x = point[i] ?? 0;
    const y = point[i + 1] ?? 0;
    value += 100 * (y - x * x) ** 2 + (1 - x) ** 2;
    gradient[i] = (gradient[i] ?? 0) - 400 * x * (y - x * x) - 2 * (1 - x);
    gradient[i + 1] = (gradient[i + 1] ?? 0) + 200 * (y - x * x);
  }
  return { value, gradient };
}

describe('minimise', () => {
  it('finds the floor of the Rosenbrock valley in 10 dimensions, to 1e-5, within 200 iterations', async () => {
    const result = await minimise(rosenbrock, new Float64Array(10).fill(-1.2), { gradientTolerance: 1e-7 });
    expect(result.converged).toBe(true);
    expect(result.iterations).toBeLessThan(200);
    for (const entry of result.point) expect(Math.abs(entry - 1)).toBeLessThan(1e-5);
  });

  it('solves a quadratic of condition 1e4 to its closed form', async () => {
    const scales = Float64Array.of(1, 10, 100, 1e4);
    const { point } = await minimise(
      async (x) => ({
        value: x.reduce((sum, entry, i) => sum + 0.5 * (scales[i] ?? 0) * (entry - i) ** 2, 0),
        gradient: x.map((entry, i) => (scales[i] ?? 0) * (entry - i)),
      }),
      new Float64Array(4),
      { gradientTolerance: 1e-8 },
    );
    for (const [i, entry] of point.entries()) expect(entry).toBeCloseTo(i, 6);
  });

  it('says so when iterations run out', async () => {
    const result = await minimise(rosenbrock, new Float64Array(10).fill(-1.2), { maxIterations: 3 });
    expect(result).toMatchObject({ converged: false, iterations: 3 });
  });

  it('stops at once at a minimum', async () => {
    expect(await minimise(rosenbrock, new Float64Array(3).fill(1))).toMatchObject({
      converged: true,
      iterations: 0,
      value: 0,
    });
  });
});
