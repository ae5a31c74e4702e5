/** Classes of which a probe learns nothing, or about which it is never asked: a figure that includes them means little. */
import { someOf } from '@cpc/base';

/** One split: labels of the examples that a classifier is fitted to, and of those that it is asked about. */
export interface LabelledSides {
  readonly train: Iterable<number>;
  readonly test: Iterable<number>;
}

/** Classes that are named in a warning before the rest is only counted. */
const namedClasses = 5;

/**
 * Warnings about classes that are asked about without a training example in some split, and about classes that are learned and
 * asked about in none.
 *
 * @param classes - their names, by label.
 * @param splits - one, or one for each fold.
 *
 * @example
 * oneSidedClasses(['cat', 'dog'], [{ train: [0, 0], test: [0, 1] }]);
 * // ['1 of 2 classes has no training example, so every answer about such a class is wrong: dog']
 */
export function oneSidedClasses(classes: readonly string[], splits: readonly LabelledSides[]): string[] {
  const sides = splits.map(({ train, test }) => ({ train: new Set(train), test: new Set(test) }));
  const labels = [...classes.keys()];
  const untrained = labels.filter((label) => sides.some(({ train, test }) => test.has(label) && !train.has(label)));
  const unasked = labels.filter(
    (label) => sides.some(({ train }) => train.has(label)) && !sides.some(({ test }) => test.has(label)),
  );
  const inFolds = splits.length > 1 ? ' in some fold' : '';
  return [
    ...warning(classes, untrained, `no training example${inFolds}, so every answer about such a class is wrong`),
    ...warning(classes, unasked, 'no test example, so such a class does not enter the figures'),
  ];
}

function warning(classes: readonly string[], labels: readonly number[], problem: string): string[] {
  if (labels.length === 0) return [];
  const names = labels.map((label) => classes[label] ?? '');
  const have = names.length === 1 ? 'has' : 'have';
  return [`${names.length} of ${classes.length} classes ${have} ${problem}: ${someOf(names, namedClasses)}`];
}
