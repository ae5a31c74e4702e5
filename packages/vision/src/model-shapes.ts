/** Which parameters a vision model has, predictors apart: those of an untrained one of the same settings. */
import { flatten, type Random } from '@cpc/core';
import { initialiseVisionModel, type VisionModel } from './model.js';

/** Shapes by path. */
export function visionModelShapes(settings: VisionModel): Record<string, readonly number[]> {
  const untrained = flatten(initialiseVisionModel(settings, allZero));
  return Object.fromEntries(Object.entries(untrained).map(([path, { shape }]) => [path, shape]));
}

/** Where shapes alone count, drawing forty million normal numbers would take seconds. */
const allZero: Random = {
  uniform: () => 0,
  integer: () => 0,
  normal: () => 0,
  fold: () => allZero,
  permutation: (n) => Int32Array.from({ length: n }, (_, place) => place),
  choose: (_, count) => Int32Array.from({ length: count }, (_place, place) => place),
};
