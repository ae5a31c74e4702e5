/** A part of the training examples to stop by: whole groups, so that it resembles the rest no more than test data do. */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import type { Fold } from './folds.js';

/**
 * Holds out groups in random order until they make up `share` of the examples; at least one group is left.
 *
 * @param groups - the group of every example.
 * @param share - above 0 and below 1.
 * @returns places of `groups`: `train` to fit, `test` to stop by.
 * @throws {CpcArgumentError} if there are fewer than 2 groups.
 *
 * @example
 * const { train, test } = holdOutGroups(speakers, 0.1, random); // a tenth of the examples or more, of whole speakers
 */
export function holdOutGroups(groups: readonly string[], share: number, random: Random): Fold {
  const names = [...new Set(groups)].sort();
  if (names.length < 2) {
    throw new CpcArgumentError({
      where: 'holdOutGroups',
      argument: 'groups',
      expected: 'at least 2 groups, so that one can be held out to stop by',
      received: `${names.length}`,
    });
  }
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const order = Array.from(random.permutation(names.length), (place) => names[place] ?? '');
  const held = new Set<string>();
  let count = 0;
  for (const name of order.slice(0, -1)) {
    if (count >= share * groups.length) break;
    held.add(name);
    count += sizes.get(name) ?? 0;
  }
  const rows = [...groups.keys()];
  return {
    train: rows.filter((row) => !held.has(groups[row] ?? '')),
    test: rows.filter((row) => held.has(groups[row] ?? '')),
  };
}
