/**
 * Nested cross-validation: how well a classifier does when one of its settings is chosen too, without a glance at the
 * examples it is scored on (section 3.3 of the paper; Varma & Simon, 2006, doi:10.1186/1471-2105-7-91).
 *
 * This file knows no classifier: rows go in as indices, so what a fit saw can be recorded.
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError, entryAt } from '@cpc/base';
import { gatherLabels } from '../examples/gather-labels.js';
import { type Fold, stratifiedFolds } from './folds.js';
import { stratifiedGroupedFolds } from './stratified-grouped-folds.js';

/** Something that is fitted to rows of a data set that it holds, with a setting to choose. */
export interface Classifier<Setting, Model> {
  /**
   * Fits to these rows and no others.
   *
   * @param start - what a fit to the same rows with the setting before gave; may be used to begin with, or not.
   */
  readonly fit: (rows: readonly number[], setting: Setting, start?: Model) => Promise<Model>;
  /**
   * Fits to each of several sets of rows, as `fit` would; left out where that is no faster than one by one.
   *
   * @param starts - by set what the fit to it with the setting before gave.
   */
  readonly fitEach?: (
    sets: readonly (readonly number[])[],
    setting: Setting,
    starts?: readonly Model[],
  ) => Promise<readonly Model[]>;
  /** The class of each of these rows. */
  readonly predict: (model: Model, rows: readonly number[]) => Promise<Int32Array>;
}

export interface SelectionOptions<Setting, Model> {
  readonly classifier: Classifier<Setting, Model>;
  /**
   * What to choose from. Of settings that do equally well the first is taken, so begin with the one to prefer; neighbours
   * should be alike, for each fit may start from that of the setting before.
   */
  readonly settings: readonly Setting[];
  /** `[N]`: the class of every row of the data set. */
  readonly labels: Int32Array;
  /** `[N]`, such as speakers: no group then stands on both sides of a fold. */
  readonly groups?: readonly string[];
  /** Folds within the training rows; stratified. */
  readonly innerFolds: number;
  readonly random: Random;
}

export interface NestedCrossValidationOptions<Setting, Model> extends SelectionOptions<Setting, Model> {
  /** What to score on, from `stratifiedFolds`, `groupedFolds`, …, or one fold for a given split. */
  readonly outer: readonly Fold[];
  /** Told after every outer fold. */
  readonly onFold?: (done: number, total: number) => void;
}

export interface Selection<Setting> {
  readonly chosen: Setting;
  /** By setting: the share of inner test rows that were right. Empty where there was one setting, which needs no choice. */
  readonly innerAccuracies: readonly number[];
}

export interface OuterFold<Setting> extends Selection<Setting> {
  /** Share of the fold's test rows that were right. */
  readonly accuracy: number;
  /** The class predicted for each row of the fold's test side, in its order. */
  readonly predicted: Int32Array;
}

export interface NestedCrossValidation<Setting> {
  /** Share of all test rows that were right, over the folds. */
  readonly accuracy: number;
  readonly folds: readonly OuterFold<Setting>[];
}

/**
 * For every outer fold: chooses a setting by cross-validation within its training rows, fits to all of them with that
 * setting, and scores its test rows.
 *
 * @throws {CpcArgumentError} if a fold has a row, or with `groups` a group, on both sides, or there is no setting.
 *
 * @example
 * const { accuracy } = await nestedCrossValidation({
 *   classifier: logisticClassifier({ features, labels, classes: 2, engine }),
 *   settings: [1, 2, 4, 8, 16, 32, 64, 128, 256],
 *   labels,
 *   outer: stratifiedFolds(labels, 10, random.fold('outer')),
 *   innerFolds: 10,
 *   random,
 * });
 */
export async function nestedCrossValidation<Setting, Model>(
  options: NestedCrossValidationOptions<Setting, Model>,
): Promise<NestedCrossValidation<Setting>> {
  const { classifier, labels, outer, random, onFold } = options;
  for (const [index, fold] of outer.entries()) requireDisjoint(fold, index, options);
  const folds: OuterFold<Setting>[] = [];
  for (const [index, { train, test }] of outer.entries()) {
    const selection = await chooseSetting(train, { ...options, random: random.fold('inner', index) });
    const predicted = await classifier.predict(await classifier.fit(train, selection.chosen), test);
    folds.push({ ...selection, predicted, accuracy: countRight(predicted, labels, test) / test.length });
    onFold?.(folds.length, outer.length);
  }
  const right = folds.reduce((sum, { predicted }, i) => sum + countRight(predicted, labels, outer[i]?.test ?? []), 0);
  return { accuracy: right / folds.reduce((sum, { predicted }) => sum + predicted.length, 0), folds };
}

/**
 * The setting that gets most rows right in cross-validation within `rows`; on a tie the first of them.
 *
 * @throws {CpcArgumentError} if there is no setting, or fewer rows (groups, where given) than folds.
 */
export async function chooseSetting<Setting, Model>(
  rows: readonly number[],
  options: SelectionOptions<Setting, Model>,
): Promise<Selection<Setting>> {
  const { settings } = options;
  const [first, ...others] = settings;
  if (first === undefined) {
    throw new CpcArgumentError({
      where: 'chooseSetting',
      argument: 'settings',
      expected: 'at least one setting to choose from',
      received: settings,
    });
  }
  if (others.length === 0) return { chosen: first, innerAccuracies: [] };
  const right = await rightBySetting(innerFoldsOf(rows, options), options);
  const chosen = settings[right.indexOf(Math.max(...right))] ?? first;
  return { chosen, innerAccuracies: right.map((count) => count / rows.length) };
}

/** Folds of these rows, in numbers of the whole data set. */
function innerFoldsOf<Setting, Model>(
  rows: readonly number[],
  { labels, groups, innerFolds, random }: SelectionOptions<Setting, Model>,
): Fold[] {
  const own = gatherLabels(labels, rows);
  const folds =
    groups === undefined
      ? stratifiedFolds(own, innerFolds, random)
      : stratifiedGroupedFolds(
          own,
          rows.map((row) => groups[row] ?? ''),
          innerFolds,
          random,
        );
  const inWhole = (places: readonly number[]) => places.map((place) => entryAt(rows, place, 'rows of a fold'));
  return folds.map(({ train, test }) => ({ train: inWhole(train), test: inWhole(test) }));
}

/** By setting, how many test rows of all folds were right. */
async function rightBySetting<Setting, Model>(
  folds: readonly Fold[],
  options: SelectionOptions<Setting, Model>,
): Promise<number[]> {
  const { classifier } = options;
  if (classifier.fitEach !== undefined) return rightOf(folds, classifier.fitEach, options);
  const right = options.settings.map(() => 0);
  const oneByOne: FitEach<Setting, Model> = async ([rows = []], setting, [start] = []) => [
    await classifier.fit(rows, setting, start),
  ];
  for (const fold of folds) {
    for (const [index, count] of (await rightOf([fold], oneByOne, options)).entries())
      right[index] = (right[index] ?? 0) + count;
  }
  return right;
}

type FitEach<Setting, Model> = NonNullable<Classifier<Setting, Model>['fitEach']>;

async function rightOf<Setting, Model>(
  folds: readonly Fold[],
  fitEach: FitEach<Setting, Model>,
  { classifier, settings, labels }: SelectionOptions<Setting, Model>,
): Promise<number[]> {
  const sets = folds.map(({ train }) => train);
  const right: number[] = [];
  let models: readonly Model[] | undefined;
  for (const setting of settings) {
    models = await fitEach(sets, setting, models);
    let count = 0;
    for (const [index, model] of models.entries()) {
      const { test = [] } = folds[index] ?? {};
      count += countRight(await classifier.predict(model, test), labels, test);
    }
    right.push(count);
  }
  return right;
}

function countRight(predicted: Int32Array, labels: Int32Array, rows: readonly number[]): number {
  return rows.reduce((count, row, place) => count + (predicted[place] === labels[row] ? 1 : 0), 0);
}

function requireDisjoint<Setting, Model>(
  { train, test }: Fold,
  index: number,
  { labels, groups }: SelectionOptions<Setting, Model>,
): void {
  const refuse = (expected: string, received: string): never => {
    throw new CpcArgumentError({
      where: `nestedCrossValidation, outer fold ${index}`,
      argument: 'outer',
      expected,
      received,
    });
  };
  const outside = [...train, ...test].find((row) => labels[row] === undefined);
  if (outside !== undefined) refuse(`rows from 0 to ${labels.length - 1}`, `${outside}`);
  if (train.length === 0 || test.length === 0) refuse('rows on both sides', `${train.length} and ${test.length}`);
  const fitted = new Set(train);
  const shared = test.find((row) => fitted.has(row));
  if (shared !== undefined) refuse('no row on both sides', `row ${shared} on both`);
  if (groups === undefined) return;
  const fittedGroups = new Set(train.map((row) => groups[row]));
  const straddling = test.find((row) => fittedGroups.has(groups[row]));
  if (straddling !== undefined) refuse('no group on both sides', `group ${groups[straddling]} on both`);
}
