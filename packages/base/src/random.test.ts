import { describe, expect, it } from 'vitest';

import { CpcArgumentError } from './errors.js';
import { createRandom, type Random } from './random.js';

function draws<Value>(count: number, draw: () => Value): Value[] {
  return Array.from({ length: count }, draw);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sum over bins of (observed - expected)^2 / expected; its mean is bins - 1, its variance twice that. */
function chiSquare(results: Iterable<number>, bins: number): number {
  const counts = new Array<number>(bins).fill(0);
  let total = 0;
  for (const result of results) {
    counts[result] = (counts[result] ?? 0) + 1;
    total++;
  }
  return counts.reduce((sum, count) => sum + (count - total / bins) ** 2 / (total / bins), 0);
}

/** The mean of chi-square plus 4 standard deviations. */
function chiSquareLimit(bins: number): number {
  return bins - 1 + 4 * Math.sqrt(2 * (bins - 1));
}

describe('golden values, computed by a second implementation in Python', () => {
  it.each([
    { seed: 0, first: 0.5438048355088957, second: 0.6586193158413925 },
    { seed: 1, first: 0.7395235869522111, second: 0.3568742513732075 },
    { seed: -1, first: 0.4680270818024065, second: 0.6649496262568905 },
    { seed: 2 ** 53 - 1, first: 0.7180071996346722, second: 0.17329985231510814 },
  ])('seed $seed starts $first, $second', ({ seed, first, second }) => {
    const random = createRandom(seed);
    expect([random.uniform(), random.uniform()]).toEqual([first, second]);
  });

  const child = () => createRandom(1).fold('batch', 7);

  it('fold("batch", 7) of seed 1 draws these 6 integers below 1000', () => {
    const random = child();
    expect(draws(6, () => random.integer(1000))).toEqual([256, 624, 930, 520, 27, 209]);
  });

  it('fold("batch", 7) of seed 1 draws these 4 normal numbers, to 1e-15', () => {
    const random = child();
    const expected = [-1.382419017644939, 0.706391853053393, 0.7677130698844478, 0.03569264770350309];
    for (const value of expected) expect(Math.abs(random.normal() - value)).toBeLessThan(1e-15);
  });

  it('fold("batch", 7) of seed 1 puts 8 numbers in this order', () => {
    expect([...child().permutation(8)]).toEqual([2, 5, 7, 1, 4, 3, 0, 6]);
  });

  it('fold("batch", 7) of seed 1 chooses these 5 of 1000, and of a million places keeps only those', () => {
    expect([...child().choose(1000, 5)]).toEqual([256, 624, 931, 521, 31]);
    expect(child().choose(2 ** 31, 5)).toHaveLength(5); // a list of all would be 8 GiB
  });

  it('labels may hold text beyond ASCII, negative numbers and fractions', () => {
    expect(createRandom(1).fold('é', -2.5, 'abc').uniform()).toBe(0.09108770172575598);
  });
});

describe('fold', () => {
  it('gives the same child before and after 1,000 draws and 10 other folds', () => {
    const random = createRandom(3);
    const before = random.fold('a').uniform();
    for (let draw = 0; draw < 1000; draw++) random.normal();
    for (let other = 0; other < 10; other++) random.fold(other).uniform();
    expect(random.fold('a').uniform()).toBe(before);
  });

  it('does not advance the parent', () => {
    const random = createRandom(3);
    random.fold('a').uniform();
    expect(random.uniform()).toBe(createRandom(3).uniform());
  });

  it('makes 10,000 siblings whose first numbers fill 100 bins evenly', () => {
    const parent = createRandom(5);
    const firsts = Array.from({ length: 10_000 }, (_, step) => parent.fold('step', step).integer(100));
    expect(chiSquare(firsts, 100)).toBeLessThan(chiSquareLimit(100));
  });

  it('makes siblings whose numbers are uncorrelated, within 4 standard errors of 0', () => {
    const parent = createRandom(5);
    const count = 100_000;
    for (const [left, right] of [
      [parent.fold('a', 0), parent.fold('a', 1)],
      [parent.fold('a'), parent],
      [createRandom(0), createRandom(1)],
    ] satisfies [Random, Random][]) {
      const products = draws(count, () => (left.uniform() - 0.5) * (right.uniform() - 0.5) * 12);
      expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(count));
    }
  });

  it('tells fold("a", "b"), fold("a").fold("b"), fold("ab"), fold(1) and fold("1") apart: 5 streams', () => {
    const random = createRandom(0);
    const children = [
      random.fold('a', 'b'),
      random.fold('a').fold('b'),
      random.fold('ab'),
      random.fold(1),
      random.fold('1'),
    ];
    expect(new Set(children.map((child) => child.uniform())).size).toBe(5);
  });
});

describe('seeds', () => {
  it('from -500 to 500 and at both ends of the safe range give 1,003 streams', () => {
    const seeds = [...Array.from({ length: 1001 }, (_, index) => index - 500), 2 ** 53 - 1, -(2 ** 53) + 1];
    expect(new Set(seeds.map((seed) => createRandom(seed).uniform())).size).toBe(1003);
  });

  it('0 and 1 differ in their first 1,000 integers below 1,000 nearly everywhere', () => {
    const [zero, one] = [createRandom(0), createRandom(1)];
    const equal = draws(1000, () => zero.integer(1000) === one.integer(1000)).filter(Boolean).length;
    expect(equal).toBeLessThan(6);
  });
});

describe('uniform', () => {
  const count = 200_000;
  const random = createRandom(11);
  const values = draws(count, () => random.uniform());

  it('lies in [0, 1)', () => {
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it('has mean 1/2 and variance 1/12, within 4 standard errors', () => {
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(mean(values.map((value) => (value - 1 / 2) ** 2)) - 1 / 12)).toBeLessThan(
      4 * Math.sqrt(1 / 180 / count),
    );
  });

  it('has each of its 53 bits set half the time, within 4.5 standard errors', () => {
    for (let bit = 1; bit <= 53; bit++) {
      const set = values.filter((value) => Math.floor(value * 2 ** bit) % 2 === 1).length;
      expect(Math.abs(set - count / 2)).toBeLessThan(4.5 * Math.sqrt(count / 4));
    }
  });

  it('is uncorrelated with the number before it, within 4 standard errors', () => {
    const products = values.slice(1).map((value, index) => (value - 0.5) * ((values[index] ?? 0) - 0.5) * 12);
    expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(count));
  });
});

describe('integer', () => {
  it.each([2, 3, 10, 1000])('fills %i bins evenly over 100,000 draws', (bound) => {
    const random = createRandom(bound);
    const results = draws(100_000, () => random.integer(bound));
    expect(chiSquare(results, bound)).toBeLessThan(chiSquareLimit(bound));
  });

  it('is exact at a bound of 3/4 of 2^53, where a remainder would favour the lower third', () => {
    const random = createRandom(2);
    const bound = 3 * 2 ** 51;
    const thirds = draws(60_000, () => Math.floor(random.integer(bound) / 2 ** 51));
    expect(chiSquare(thirds, 3)).toBeLessThan(chiSquareLimit(3));
  });

  it('is always 0 below 1', () => {
    const random = createRandom(2);
    expect(draws(100, () => random.integer(1)).every((result) => result === 0)).toBe(true);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 54])('refuses a bound of %d', (bound) => {
    expect(() => createRandom(0).integer(bound)).toThrow(/random\.integer: expected bound to be a whole number from 1/);
  });
});

describe('normal', () => {
  it('has moments 0, 1, 0, 3, within 4 standard errors', () => {
    const count = 200_000;
    const random = createRandom(13);
    const values = draws(count, () => random.normal());
    // variances of x, x^2, x^3, x^4 are 1, 2, 15, 96
    for (const [power, moment, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ] satisfies [number, number, number][]) {
      const limit = 4 * Math.sqrt(variance / count);
      expect(Math.abs(mean(values.map((value) => value ** power)) - moment)).toBeLessThan(limit);
    }
  });

  it('gives two uncorrelated numbers per pair of draws, within 4 standard errors', () => {
    const random = createRandom(17);
    const products = draws(100_000, () => random.normal() * random.normal());
    expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(100_000));
  });
});

describe('permutation and choose', () => {
  it('permutation holds every number of 0 .. 999 once', () => {
    expect([...createRandom(0).permutation(1000)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
  });

  it('gives the 24 orders of 4 numbers equally often', () => {
    const random = createRandom(19);
    const orders = new Map<string, number>();
    const numbered = draws(48_000, () => {
      const order = random.permutation(4).join();
      const number = orders.get(order) ?? orders.size;
      orders.set(order, number);
      return number;
    });
    expect(orders.size).toBe(24);
    expect(chiSquare(numbered, 24)).toBeLessThan(chiSquareLimit(24));
  });

  it('choose is the head of a permutation, whether it keeps a full list or not', () => {
    for (const count of [0, 1, 60, 63, 500, 1000]) {
      const whole = createRandom(23).permutation(1000).slice(0, count);
      expect(createRandom(23).choose(1000, count)).toEqual(whole);
    }
  });

  it('choose takes each of 50 numbers equally often', () => {
    const random = createRandom(29);
    const chosen = draws(5_000, () => [...random.choose(50, 3)]).flat(); // 3 < 50 / 16: the sparse way
    expect(chiSquare(chosen, 50)).toBeLessThan(chiSquareLimit(50));
  });

  it('takes 0 of 0', () => {
    expect(createRandom(0).permutation(0)).toHaveLength(0);
    expect(createRandom(0).choose(0, 0)).toHaveLength(0);
  });

  it('refuses to choose 4 of 3', () => {
    expect(() => createRandom(0).choose(3, 4)).toThrow(/expected count to be a whole number from 0 to 3, received 4/);
  });
});

describe('refusals', () => {
  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('a seed of %d', (seed) => {
    expect(() => createRandom(seed)).toThrow(/createRandom: expected a seed that is a whole number/);
  });

  it.each([{ labels: [] }, { labels: [Number.NaN] }, { labels: ['a', Number.POSITIVE_INFINITY] }])(
    'fold with labels $labels',
    ({ labels }) => {
      expect(() => createRandom(0).fold(...labels)).toThrow(CpcArgumentError);
    },
  );
});
