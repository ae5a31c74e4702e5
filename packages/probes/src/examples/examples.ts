/**
 * What every probe is fitted to, and the checks that all of them make.
 *
 * Letters used for shapes here:
 *   N  examples    F  features    C  classes
 */
import { CpcArgumentError, entryAt } from '@cpc/base';
import type { HostArray } from '@cpc/core';

/** Examples with a class each. */
export interface LabelledExamples {
  /** `[N, F]` float32, N >= 1, F >= 1. */
  readonly features: HostArray;
  /** `[N]`, each in 0 .. classes - 1. */
  readonly labels: Int32Array;
  /** C >= 2. */
  readonly classes: number;
}

/** N and F. */
export interface ExampleSizes {
  readonly examples: number;
  readonly width: number;
}

/** @throws {CpcArgumentError} if shapes or labels do not fit, or a feature is not finite. */
export function checkExamples(where: string, { features, labels, classes }: LabelledExamples): ExampleSizes {
  const sizes = checkFeatures(where, features);
  const refuse = (argument: string, expected: string, received: unknown): never => {
    throw new CpcArgumentError({ where, argument, expected, received });
  };
  if (labels.length !== sizes.examples)
    refuse('labels', `${sizes.examples} labels, one per example`, `${labels.length} labels`);
  if (!(Number.isInteger(classes) && classes >= 2)) refuse('classes', 'at least 2 classes, a whole number', classes);
  const outside = labels.findIndex((label) => label < 0 || label >= classes);
  if (outside >= 0) refuse('labels', `labels from 0 to ${classes - 1}`, `${labels[outside]} at example ${outside}`);
  return sizes;
}

/**
 * @param width - how many features a model was fitted to; any number if left out.
 * @throws {CpcArgumentError} if this is no `[N, F]` with N and F >= 1, or a feature is not finite.
 */
export function checkFeatures(where: string, features: HostArray, width?: number): ExampleSizes {
  const [examples = 0, columns = 0] = features.shape;
  const refuse = (expected: string, received: unknown): never => {
    throw new CpcArgumentError({ where, argument: 'features', expected, received });
  };
  const fits = features.shape.length === 2 && features.data.length === examples * columns;
  if (!fits || examples < 1 || columns < 1)
    refuse('features of shape [N, F] with N and F of at least 1', features.shape);
  if (width !== undefined && columns !== width)
    refuse(`${width} features per example, as many as the model was fitted to`, features.shape);
  const strange = firstNotFinite(features.data);
  if (strange >= 0) refuse('finite features', `${features.data[strange]} at example ${Math.floor(strange / columns)}`);
  return { examples, width: columns };
}

/** The rows of `features` in the order given; the caller owns the copy. */
export function gatherRows({ shape, data }: HostArray, rows: ArrayLike<number>): HostArray {
  const [, width = 0] = shape;
  const gathered = new Float32Array(rows.length * width);
  for (let place = 0; place < rows.length; place++) {
    const row = entryAt(rows, place, 'rows');
    gathered.set(data.subarray(row * width, (row + 1) * width), place * width);
  }
  return { shape: [rows.length, width], data: gathered };
}

/** -1 if all are finite. A plain loop: features are tens of millions of numbers. */
function firstNotFinite(data: Float32Array): number {
  for (let index = 0; index < data.length; index++) if (!Number.isFinite(data[index])) return index;
  return -1;
}
