/**
 * How well classes were told apart.
 *
 * Letters used for shapes here:
 *   N  examples    C  classes
 */
import { CpcArgumentError, entryAt } from '@cpc/base';
import type { HostArray } from '@cpc/core';

/** Examples by true class (row) and predicted class (column); `[C][C]`. */
export type ConfusionMatrix = readonly (readonly number[])[];

/**
 * The class with the highest score of every example; of classes that score the same the lowest.
 *
 * @param scores - `[N, C]`, any range, none NaN.
 * @returns `[N]`.
 * @throws {CpcArgumentError} if `scores` is not `[N, C]`, or one is NaN.
 */
export function classesOf(scores: HostArray): Int32Array {
  const { examples, classes } = checkScores('classesOf', scores);
  const { data } = scores;
  return Int32Array.from({ length: examples }, (_, example) => {
    let best = 0;
    for (let label = 1; label < classes; label++) {
      if ((data[example * classes + label] ?? 0) > (data[example * classes + best] ?? 0)) best = label;
    }
    return best;
  });
}

/**
 * Share of examples whose predicted class is the true one, 0 to 1.
 *
 * @param predicted - `[N]`.
 * @param labels - `[N]`, N >= 1.
 * @throws {CpcArgumentError} if the two differ in length or are empty.
 */
export function accuracy(predicted: Int32Array, labels: Int32Array): number {
  requirePairs('accuracy', predicted, labels);
  return labels.reduce((right, label, example) => right + (predicted[example] === label ? 1 : 0), 0) / labels.length;
}

/**
 * Share of examples whose true class is among the `k` that score highest, 0 to 1. Classes that score the same stand in
 * order of their numbers, so `topKAccuracy(scores, labels, 1)` is the accuracy of `classesOf(scores)`. (scikit-learn puts
 * the higher number first.)
 *
 * @param scores - `[N, C]`, none NaN.
 * @param labels - `[N]`, each in 0 .. C - 1.
 * @param k - from 1 to C.
 * @throws {CpcArgumentError} if shapes, labels or k do not fit, or a score is NaN.
 *
 * @example
 * topKAccuracy({ shape: [1, 3], data: Float32Array.of(0.2, 0.5, 0.2) }, Int32Array.of(0), 2); // 1: class 0 precedes 2
 */
export function topKAccuracy(scores: HostArray, labels: Int32Array, k: number): number {
  const { examples, classes } = checkScores('topKAccuracy', scores);
  requirePairs('topKAccuracy', { length: examples }, labels);
  requireClasses('topKAccuracy', 'labels', labels, classes);
  if (!(Number.isInteger(k) && k >= 1 && k <= classes)) refuse('topKAccuracy', 'k', `k from 1 to ${classes}`, k);
  const within = (label: number, example: number) => rankOf(scores.data, example * classes, classes, label) < k;
  return labels.reduce((right, label, example) => right + (within(label, example) ? 1 : 0), 0) / examples;
}

/** How many classes stand before this one. */
function rankOf(scores: Float32Array, offset: number, classes: number, label: number): number {
  const own = entryAt(scores, offset + label, 'scores');
  let before = 0;
  for (let other = 0; other < classes; other++) {
    const score = scores[offset + other] ?? 0;
    if (score > own || (score === own && other < label)) before += 1;
  }
  return before;
}

/**
 * @param predicted - `[N]`, each in 0 .. classes - 1.
 * @param labels - `[N]`, each in 0 .. classes - 1.
 * @throws {CpcArgumentError} if lengths differ, or a class is out of range.
 */
export function confusionMatrix(predicted: Int32Array, labels: Int32Array, classes: number): ConfusionMatrix {
  requirePairs('confusionMatrix', predicted, labels);
  requireClasses('confusionMatrix', 'labels', labels, classes);
  requireClasses('confusionMatrix', 'predicted', predicted, classes);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [example, label] of labels.entries()) {
    const row = counts[label] ?? [];
    const guess = entryAt(predicted, example, 'predictions');
    row[guess] = (row[guess] ?? 0) + 1;
  }
  return counts;
}

/** By class: the share of its examples that were recognised, 0 to 1; undefined for a class without examples. */
export function recallPerClass(confusion: ConfusionMatrix): (number | undefined)[] {
  return confusion.map((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return total === 0 ? undefined : (row[label] ?? 0) / total;
  });
}

/**
 * The mean over classes, each counting the same however many examples it has; classes without a value do not count.
 * Of recalls this is what scikit-learn calls balanced accuracy.
 *
 * @throws {CpcArgumentError} if no class has a value.
 *
 * @example
 * const balanced = macroAverage(recallPerClass(confusionMatrix(predicted, labels, 41)));
 */
export function macroAverage(perClass: readonly (number | undefined)[]): number {
  const known = perClass.filter((value) => value !== undefined);
  if (known.length === 0) refuse('macroAverage', 'perClass', 'a class with a value', perClass);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function checkScores(where: string, { shape, data }: HostArray): { examples: number; classes: number } {
  const [examples = 0, classes = 0] = shape;
  if (shape.length !== 2 || classes < 1 || data.length !== examples * classes)
    refuse(where, 'scores', 'scores of shape [N, C]', shape);
  const strange = data.findIndex((score) => Number.isNaN(score));
  if (strange >= 0)
    refuse(where, 'scores', 'scores that are numbers', `NaN at example ${Math.floor(strange / classes)}`);
  return { examples, classes };
}

function requirePairs(where: string, predicted: { readonly length: number }, labels: Int32Array): void {
  if (labels.length === predicted.length && labels.length > 0) return;
  refuse(where, 'labels', `at least 1 label, as many as predictions`, `${labels.length} for ${predicted.length}`);
}

function requireClasses(where: string, argument: string, values: Int32Array, classes: number): void {
  const outside = values.findIndex((value) => value < 0 || value >= classes);
  if (outside >= 0)
    refuse(where, argument, `${argument} from 0 to ${classes - 1}`, `${values[outside]} at example ${outside}`);
}

function refuse(where: string, argument: string, expected: string, received: unknown): never {
  throw new CpcArgumentError({ where, argument, expected, received });
}
