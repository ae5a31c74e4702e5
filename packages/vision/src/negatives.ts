/**
 * Negatives of a patch: other patches of its image, patches of other images, or both.
 *
 * In core a sequence is one column of an image, so "own sequence" would be the own column. Here the columns of an image are taken
 * together as one long sequence, which is how they lie in the batch; the rest is core's.
 */
import {
  type NegativeOrigin,
  type NegativeSampler,
  negativesFromBatch,
  negativesFromOtherSequences,
  negativesFromOwnAndOtherSequences,
  negativesFromOwnSequence,
} from '@cpc/core';
import type { NegativeSource } from './presets.js';

/** The same in core's terms, an image being a sequence. */
export const negativeOrigins: Readonly<Record<NegativeSource, NegativeOrigin>> = {
  batch: 'batch',
  'own-image': 'own-sequence',
  'other-images': 'other-sequences',
  'own-and-other-images': 'own-and-other-sequences',
};

const samplers: Readonly<Record<NegativeSource, (count: number) => NegativeSampler>> = {
  batch: negativesFromBatch,
  'own-image': negativesFromOwnSequence,
  'other-images': negativesFromOtherSequences,
  'own-and-other-images': negativesFromOwnAndOtherSequences,
};

/**
 * @param source - where candidates come from.
 * @param count - M, candidates that the anchors of a group share; the positive itself is never among an anchor's negatives.
 * @param columns - sequences of an image.
 * @throws {CpcArgumentError} if the count is too small; when drawn, if there are not so many to draw from.
 *
 * @example
 * const negatives = patchNegatives('own-image', 49, 7);
 */
export function patchNegatives(source: NegativeSource, count: number, columns: number): NegativeSampler {
  const byImage = samplers[source](count);
  const imagesOf = (layout: { readonly sequences: number; readonly positions: number }) => ({
    sequences: layout.sequences / columns,
    positions: layout.positions * columns,
  });
  return {
    name: `${source}(${count})`,
    candidatesPerGroup: byImage.candidatesPerGroup,
    groups: (layout) => byImage.groups(imagesOf(layout)),
    draw: (layout, random) => byImage.draw(imagesOf(layout), random),
  };
}
