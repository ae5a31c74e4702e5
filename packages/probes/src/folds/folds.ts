/**
 * Splits for cross-validation: by groups (speaker, document, image) that never stand on both sides, or with the classes in
 * the same proportions everywhere; for both see `stratified-grouped-folds.ts`.
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError, CpcError, entryAt } from '@cpc/base';

/** Examples by index. */
export interface Fold {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/**
 * Cuts the groups, in random order, into `count` folds of equally many groups (give or take one).
 *
 * @param groups - the group of every example, such as its speaker.
 * @param count - from 2 to the number of groups.
 * @throws {CpcArgumentError} if there are fewer groups than folds.
 *
 * @example
 * const folds = groupedFolds(utterances.map(({ speaker }) => speaker), 4, createRandom(1));
 */
export function groupedFolds(groups: readonly string[], count: number, random: Random): Fold[] {
  const names = [...new Set(groups)].sort();
  requireFolds('groupedFolds', count, names.length, 'groups');
  const foldOf = new Map(
    [...random.permutation(names.length)].map((name, place) => [entryAt(names, name, 'groups'), place % count]),
  );
  return foldsOf(
    groups.map((group) => foldNamed(foldOf, group)),
    count,
  );
}

/**
 * Cuts the examples of every class, in random order, into `count` folds: folds hold equally many examples of a class, and
 * equally many in all, give or take one. A class with fewer examples than folds is missing from some test sides.
 *
 * @param labels - the class of every example; any whole numbers.
 * @param count - from 2 to the number of examples.
 * @throws {CpcArgumentError} if there are fewer examples than folds.
 *
 * @example
 * const folds = stratifiedFolds(labels, 10, createRandom(1));
 */
export function stratifiedFolds(labels: ArrayLike<number>, count: number, random: Random): Fold[] {
  requireFolds('stratifiedFolds', count, labels.length, 'examples');
  const shuffled = Array.from(random.permutation(labels.length));
  const byClass = shuffled.sort((left, right) => entryAt(labels, left, 'labels') - entryAt(labels, right, 'labels')); // stable: random within a class
  const assigned = new Array<number>(labels.length).fill(0);
  for (const [place, example] of byClass.entries()) assigned[example] = place % count;
  return foldsOf(assigned, count);
}

/** Fold i tests the examples that were assigned i. */
export function foldsOf(assigned: readonly number[], count: number): Fold[] {
  return Array.from({ length: count }, (_, fold) => ({
    train: [...assigned.keys()].filter((index) => assigned[index] !== fold),
    test: [...assigned.keys()].filter((index) => assigned[index] === fold),
  }));
}

/** @throws {CpcArgumentError} unless `count` folds can be made of `most` things. */
export function requireFolds(where: string, count: number, most: number, what: string): void {
  if (Number.isInteger(count) && count >= 2 && count <= most) return;
  const expected = `from 2 to ${most} folds, as many as there are ${what}`;
  throw new CpcArgumentError({ where, argument: 'count', expected, received: count });
}

/** @throws {CpcError} for a group that was given no fold: it would otherwise be tested with the first. */
export function foldNamed(foldOf: ReadonlyMap<string, number>, group: string): number {
  const fold = foldOf.get(group);
  if (fold !== undefined) return fold;
  throw new CpcError({ where: 'folds', expected: 'a fold for every group', received: `none for "${group}"` });
}
