import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { type Fold, foldNamed, groupedFolds, stratifiedFolds } from './folds.js';
import { stratifiedGroupedFolds } from './stratified-grouped-folds.js';

describe('groupedFolds', () => {
  const groups = Array.from({ length: 50 }, (_, index) => `speaker ${index % 7}`);

  it('puts every example into exactly one test side, and no group on both sides of a fold', () => {
    const folds = groupedFolds(groups, 3, createRandom(1));
    expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual([...groups.keys()]);
    for (const { train, test } of folds) {
      const held = new Set(test.map((index) => groups[index]));
      expect(train.some((index) => held.has(groups[index]))).toBe(false);
      expect(train.length + test.length).toBe(50);
      expect([2, 3]).toContain(held.size);
    }
  });

  it('refuses 8 folds of 7 groups', () => {
    expect(() => groupedFolds(groups, 8, createRandom(1))).toThrow(/2 to 7 folds/);
  });
});

/** How many examples of every class each test side holds. */
function classCounts(folds: readonly Fold[], labels: ArrayLike<number>, classes: number): number[][] {
  return folds.map(({ test }) =>
    Array.from({ length: classes }, (_, label) => test.filter((example) => labels[example] === label).length),
  );
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

describe('stratifiedFolds', () => {
  const labels = Int32Array.from({ length: 997 }, (_, index) => (index % 10 < 6 ? 0 : index % 10 < 9 ? 1 : 2));

  it('gives 10 folds of 997 examples in which sizes, and numbers of each class, differ by at most 1', () => {
    const folds = stratifiedFolds(labels, 10, createRandom(1));
    expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual([...labels.keys()]);
    expect(spread(folds.map(({ test }) => test.length))).toBeLessThanOrEqual(1);
    const counts = classCounts(folds, labels, 3);
    for (const label of [0, 1, 2]) expect(spread(counts.map((own) => own[label] ?? 0))).toBeLessThanOrEqual(1);
    for (const { train, test } of folds) {
      const held = new Set(test);
      expect(train.some((example) => held.has(example))).toBe(false);
      expect(train.length + test.length).toBe(997);
    }
  });

  it('depends on the seed only: the same folds from seed 1, others from seed 2, and examples of a class are mixed', () => {
    const folds = stratifiedFolds(labels, 10, createRandom(1));
    expect(stratifiedFolds(labels, 10, createRandom(1))).toEqual(folds);
    expect(stratifiedFolds(labels, 10, createRandom(2))).not.toEqual(folds);
    const early = folds.map(({ test }) => test.filter((example) => example < 500).length);
    expect(spread(early)).toBeGreaterThan(1); // dealt out in order, halves would be even too
  });

  it('refuses 1 fold, and 4 folds of 3 examples', () => {
    expect(() => stratifiedFolds(labels, 1, createRandom(1))).toThrow(/from 2 to 997 folds/);
    expect(() => stratifiedFolds([0, 1, 0], 4, createRandom(1))).toThrow(/from 2 to 3 folds.*examples/);
  });
});

describe('stratifiedGroupedFolds', () => {
  const random = createRandom(5);
  const groups = Array.from({ length: 900 }, () => `speaker ${random.integer(40)}`);
  const leaning = new Map(Array.from({ length: 40 }, (_, index) => [`speaker ${index}`, random.uniform()]));
  const labels = Int32Array.from(groups, (group) => (random.uniform() < (leaning.get(group) ?? 0) ? 1 : 0));

  it('puts every example into one test side, and no group on both sides of a fold', () => {
    const folds = stratifiedGroupedFolds(labels, groups, 5, createRandom(1));
    expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual([...labels.keys()]);
    for (const { train, test } of folds) {
      const held = new Set(test.map((example) => groups[example]));
      expect(train.some((example) => held.has(groups[example]))).toBe(false);
    }
  });

  it('keeps the share of a class within 0.04 of the whole in every fold; groups drawn at random stray over twice as far', () => {
    const share = (rows: readonly number[]) => rows.filter((row) => labels[row] === 1).length / rows.length;
    const whole = share([...labels.keys()]);
    const furthest = (folds: readonly Fold[]) => Math.max(...folds.map(({ test }) => Math.abs(share(test) - whole)));
    const seeds = [1, 2, 3, 4, 5].map((seed) => createRandom(seed));
    const stratified = seeds.map((random) => furthest(stratifiedGroupedFolds(labels, groups, 5, random)));
    const drawn = seeds.map((random) => furthest(groupedFolds(groups, 5, random)));
    expect(Math.max(...stratified)).toBeLessThan(0.04);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(drawn)).toBeGreaterThan(2 * sum(stratified));
  });

  it('separates 2 folds exactly where it can: four groups of one class each', () => {
    const folds = stratifiedGroupedFolds([0, 0, 1, 1, 1, 0], ['a', 'a', 'b', 'b', 'c', 'd'], 2, createRandom(1));
    const counts = classCounts(folds, [0, 0, 1, 1, 1, 0], 2).sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0));
    expect(counts.map(([zeros]) => zeros)).toEqual([1, 2]);
    expect(counts.map(([, ones]) => ones).sort()).toEqual([1, 2]);
  });

  it('fills every fold where there are as many groups as folds, and refuses more folds', () => {
    const few = ['a', 'b', 'c', 'c'];
    expect(
      stratifiedGroupedFolds([0, 1, 0, 1], few, 3, createRandom(1))
        .map(({ test }) => test.length)
        .sort(),
    ).toEqual([1, 1, 2]);
    expect(() => stratifiedGroupedFolds([0, 1, 0, 1], few, 4, createRandom(1))).toThrow(/from 2 to 3 folds.*groups/);
    expect(() => stratifiedGroupedFolds([0, 1], few, 2, createRandom(1))).toThrow(/2 groups, one per label.*4 groups/);
  });
});

describe('a group without a fold', () => {
  it('is an error and never in fold 0', () => {
    const foldOf = new Map([['ann', 1]]);
    expect(foldNamed(foldOf, 'ann')).toBe(1);
    expect(() => foldNamed(foldOf, 'bea')).toThrow(/a fold for every group, received none for "bea"/);
  });
});
