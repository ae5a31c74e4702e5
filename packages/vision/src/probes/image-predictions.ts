/** What was said of images, in the form in which it is scored. */
import type { HostArray } from '@cpc/core';
import { classesOf, type FoldPredictions } from '@cpc/probes';

/**
 * An image by itself is what is drawn anew for the intervals.
 *
 * @param scores - `[M, C]`.
 * @param labels - `[M]`.
 */
export function imagePredictions(
  scores: HostArray,
  labels: Int32Array,
  fitted: Pick<FoldPredictions, 'trainCount' | 'validationCount' | 'inverseRegularisation'>,
): FoldPredictions {
  return { ...fitted, scores, predicted: classesOf(scores), labels, clusters: [...labels.keys()] };
}
