/** The names by which `cpc audio probe` knows classifiers. */
import { CpcError } from '@cpc/core';
import {
  type DividingClassifierOptions,
  type FrameClassifier,
  linearClassifier,
  mlpClassifier,
  neighbourClassifier,
} from '../../probes/frame-classifiers.js';

const classifiers: Readonly<Record<string, (options: DividingClassifierOptions) => FrameClassifier>> = {
  linear: linearClassifier,
  mlp: mlpClassifier,
  neighbours: neighbourClassifier,
};

export const defaultClassifier = 'linear';

/** What `--classifier` may name, the default first. */
export const speechClassifiers: readonly string[] = Object.keys(classifiers);

/** @throws {CpcError} if there is none of that name. */
export function classifierNamed(name: string): (options: DividingClassifierOptions) => FrameClassifier {
  const create = Object.hasOwn(classifiers, name) ? classifiers[name] : undefined;
  if (create !== undefined) return create;
  throw new CpcError({
    where: 'probe',
    expected: `a classifier out of ${speechClassifiers.join(', ')}`,
    received: `"${name}"`,
  });
}
