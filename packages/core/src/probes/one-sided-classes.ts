/** Classes of which a probe learns nothing, or about which it is never asked: a figure that includes them means little. */

export interface LabelledSides {
  /** Names of the classes, by label. */
  readonly classes: readonly string[];
  /** Labels of the examples that a classifier is fitted to. */
  readonly train: ArrayLike<number>;
  /** Labels of the examples that it is asked about. */
  readonly test: ArrayLike<number>;
}

/** Classes that are named in a warning before the rest is only counted. */
const namedClasses = 5;

/**
 * Warnings about classes that occur on one side of a split only.
 *
 * @example
 * oneSidedClasses({ classes: ['cat', 'dog'], train: [0, 0], test: [0, 1] });
 * // ['1 of 2 classes has no training example, so that every answer about it is wrong: dog']
 */
export function oneSidedClasses({ classes, train, test }: LabelledSides): string[] {
  const onTrain = new Set(Array.from(train));
  const onTest = new Set(Array.from(test));
  const only = (side: ReadonlySet<number>, other: ReadonlySet<number>) =>
    classes.filter((_, label) => side.has(label) && !other.has(label));
  const untrained = only(onTest, onTrain);
  const unasked = only(onTrain, onTest);
  return [
    ...warning(untrained, classes.length, 'no training example, so that every answer about it is wrong'),
    ...warning(unasked, classes.length, 'no test example, so that it does not enter the figures'),
  ];
}

function warning(names: readonly string[], all: number, problem: string): string[] {
  if (names.length === 0) return [];
  const others = names.length - namedClasses;
  const listed = names.slice(0, namedClasses).join(', ') + (others > 0 ? ` and ${others} more` : '');
  return [`${names.length} of ${all} classes ${names.length === 1 ? 'has' : 'have'} ${problem}: ${listed}`];
}
