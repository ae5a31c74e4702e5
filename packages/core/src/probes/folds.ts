/** Splits for cross-validation in which no group (speaker, document, image) stands on both sides. */
import { CpcArgumentError } from '../errors.js';
import type { Random } from '../random.js';

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
  if (!(Number.isInteger(count) && count >= 2 && count <= names.length)) {
    throw new CpcArgumentError({
      where: 'groupedFolds',
      argument: 'count',
      expected: `from 2 to ${names.length} folds, as many as there are groups`,
      received: count,
    });
  }
  const foldOf = new Map([...random.permutation(names.length)].map((name, place) => [names[name], place % count]));
  const examples = groups.map((group, index) => ({ index, fold: foldOf.get(group) }));
  return Array.from({ length: count }, (_, fold) => ({
    train: examples.filter((example) => example.fold !== fold).map(({ index }) => index),
    test: examples.filter((example) => example.fold === fold).map(({ index }) => index),
  }));
}
