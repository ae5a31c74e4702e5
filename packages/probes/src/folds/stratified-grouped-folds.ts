/** Splits for cross-validation in which no group stands on both sides and classes keep their proportions, as far as possible. */

import type { Random } from '@cpc/base';
import { CpcArgumentError, entryAt } from '@cpc/base';
import { type Fold, foldNamed, foldsOf, requireFolds } from './folds.js';

/**
 * Cuts whole groups into `count` folds so that every class is spread over them as evenly as a greedy choice allows: groups,
 * the largest first, each join the fold where the squares of the folds' shares of every class grow least (of equal ones the
 * fold with the fewest examples, then the first). No group stands on both sides.
 *
 * @param labels - the class of every example; any whole numbers.
 * @param groups - the group of every example.
 * @param count - from 2 to the number of groups.
 * @throws {CpcArgumentError} if there are fewer groups than folds, or labels and groups differ in number.
 *
 * @example
 * const folds = stratifiedGroupedFolds(sentiments, reviewers, 10, createRandom(1));
 */
export function stratifiedGroupedFolds(
  labels: ArrayLike<number>,
  groups: readonly string[],
  count: number,
  random: Random,
): Fold[] {
  const where = 'stratifiedGroupedFolds';
  requireOneEach(where, labels, groups);
  const names = [...new Set(groups)].sort();
  requireFolds(where, count, names.length, 'groups');
  const tallies = classCounts(labels, groups);
  const shuffled = Array.from(random.permutation(names.length), (place) => entryAt(names, place, 'groups'));
  const sizeOf = (name: string) => sum(tallies.get(name)?.values() ?? []);
  const foldOf = new Map<string, number>();
  const folds = Array.from({ length: count }, () => new Map<number, number>());
  const totals = addedUp([...tallies.values()]);
  for (const name of shuffled.sort((left, right) => sizeOf(right) - sizeOf(left))) {
    const group = tallies.get(name) ?? new Map();
    const fold = cheapestFold(folds, group, totals);
    foldOf.set(name, fold);
    folds[fold] = addedUp([folds[fold] ?? new Map(), group]);
  }
  return foldsOf(
    groups.map((group) => foldNamed(foldOf, group)),
    count,
  );
}

/** Examples by class. */
type ClassCounts = ReadonlyMap<number, number>;

function classCounts(labels: ArrayLike<number>, groups: readonly string[]): Map<string, ClassCounts> {
  const counts = new Map<string, Map<number, number>>();
  for (const [example, group] of groups.entries()) {
    const own = counts.get(group) ?? new Map<number, number>();
    const label = entryAt(labels, example, 'labels');
    counts.set(group, own.set(label, (own.get(label) ?? 0) + 1));
  }
  return counts;
}

/** What the squared shares grow by: ((n + g)^2 - n^2) / total^2 for n in the fold and g in the group, over classes. */
function cheapestFold(folds: readonly ClassCounts[], group: ClassCounts, totals: ClassCounts): number {
  const costs = folds.map((fold) =>
    sum([...group].map(([label, g]) => (2 * (fold.get(label) ?? 0) * g + g * g) / (totals.get(label) ?? 1) ** 2)),
  );
  const sizes = folds.map((fold) => sum(fold.values()));
  const order = [...folds.keys()].sort(
    (left, right) => (costs[left] ?? 0) - (costs[right] ?? 0) || (sizes[left] ?? 0) - (sizes[right] ?? 0),
  );
  return order[0] ?? 0;
}

function addedUp(counts: readonly ClassCounts[]): Map<number, number> {
  const total = new Map<number, number>();
  for (const one of counts) for (const [label, number] of one) total.set(label, (total.get(label) ?? 0) + number);
  return total;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function requireOneEach(where: string, labels: ArrayLike<number>, groups: readonly string[]): void {
  if (labels.length === groups.length) return;
  const expected = `${labels.length} groups, one per label`;
  throw new CpcArgumentError({ where, argument: 'groups', expected, received: `${groups.length} groups` });
}
