/** What answers about images come to: top-1 and top-5, intervals, and how far the trained model is ahead on the same images. */

import { createRandom, type HostArray } from '@cpc/core';
import {
  bootstrapInterval,
  classesOf,
  confusionMatrix,
  pairedBootstrap,
  shareRight,
  tallyClusters,
  tallyPairs,
  topKAccuracy,
} from '@cpc/probes';
import type { ProbeResult } from '@cpc/records';

/** What was said of the images that were asked about. */
export interface ImageAnswers {
  /** `[M, C]`. */
  readonly scores: HostArray;
  /** `[M]`. */
  readonly labels: Int32Array;
}

/** An image by itself is what is drawn anew. */
export function figuresOf({ scores, labels }: ImageAnswers, seed: number) {
  const [images = 0, classes = 0] = scores.shape;
  const predicted = classesOf(scores);
  const tallies = tallyClusters(predicted, labels, [...labels.keys()]);
  const confidence = bootstrapInterval(tallies, { random: createRandom(seed).fold('bootstrap') });
  return {
    accuracy: shareRight(tallies),
    ...(classes > 5 ? { accuracyTop5: topKAccuracy(scores, labels, 5) } : {}),
    classes,
    confidence: { ...confidence, over: 'images', clusters: images },
    confusion: confusionMatrix(predicted, labels, classes).map((row) => [...row]),
  };
}

/** How far `ahead` is ahead of `behind`, in accuracy, both drawn anew together. */
export function leadOf(
  ahead: ImageAnswers,
  behind: ImageAnswers,
  representation: string,
  seed: number,
): NonNullable<ProbeResult['trainedLead']>[number] {
  const { labels } = behind;
  const tallies = tallyPairs(classesOf(behind.scores), classesOf(ahead.scores), labels, [...labels.keys()]);
  return { representation, ...pairedBootstrap(tallies, { random: createRandom(seed).fold('bootstrap') }) };
}
