import { describe, expect, it } from 'vitest';
import { minimise } from './lbfgs.js';
import { minimiseTogether } from './lbfgs-together.js';

/** Bowls of other widths: (x - centre)^4 + steepness (x - centre)^2, entry by entry; the steeper, the fewer steps. */
const bowls = [
  { centre: 3, steepness: 1 },
  { centre: -2, steepness: 100 },
  { centre: 0.5, steepness: 0.01 },
];

function bowl(index: number, point: Float64Array) {
  const { centre, steepness } = bowls[index] ?? { centre: 0, steepness: 1 };
  const offsets = point.map((x) => x - centre);
  return {
    value: offsets.reduce((sum, x) => sum + x ** 4 + steepness * x ** 2, 0),
    gradient: offsets.map((x) => 4 * x ** 3 + 2 * steepness * x),
  };
}

const starts = bowls.map(() => Float64Array.of(7, -9));

describe('minimiseTogether', () => {
  it('ends 3 minimisations where each ends by itself, to the last bit, in as many evaluations as the longest takes', async () => {
    const counts = bowls.map(() => 0);
    const alone = await Promise.all(
      starts.map((start, index) =>
        minimise(async (point) => {
          counts[index] = (counts[index] ?? 0) + 1;
          return bowl(index, point);
        }, start),
      ),
    );
    let evaluations = 0;
    const together = await minimiseTogether(async (points) => {
      evaluations += 1;
      return points.map((point, index) => bowl(index, point ?? new Float64Array(2)));
    }, starts);
    expect(together).toEqual(alone);
    expect(new Set(counts).size).toBeGreaterThan(1);
    expect(evaluations).toBe(Math.max(...counts));
  });

  it('hands an error of evaluating on, and gives 0 results for 0 starts', async () => {
    const failing = minimiseTogether(() => Promise.reject(new Error('no memory')), starts);
    await expect(failing).rejects.toThrow('no memory');
    expect(await minimiseTogether(() => Promise.reject(new Error('not asked')), [])).toEqual([]);
  });
});
