/**
 * Which patches excite single features of z most: figure 5 of the paper. Of an image at most one patch counts for a feature, so
 * that a row shows as many images.
 *
 * Letters used for shapes here:
 *   M  images    G  patches of the grid's side    D  size of z
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, figure 5.
 */
import { CpcArgumentError, type HostArray } from '@cpc/core';

/** A patch that excites a feature. */
export interface Exemplar {
  /** Index of the image. */
  readonly image: number;
  /** Of the patch in its grid, in the order of `patchOrigin`. */
  readonly place: number;
  /** Of the feature there. */
  readonly value: number;
}

export interface ExemplarCollector {
  /** @param latents - `[M, G², D]` of these images. */
  readonly add: (latents: HostArray, images: readonly number[]) => void;
  /** Of each feature asked for, the most exciting first; of equal ones the earlier. */
  readonly best: () => readonly (readonly Exemplar[])[];
}

/**
 * Collects the most exciting patches of images that come in parts.
 *
 * @param features - which of D.
 * @param count - how many of each at most.
 * @throws {CpcArgumentError} when latents come, if a feature is not among theirs.
 */
export function collectExemplars(features: readonly number[], count: number): ExemplarCollector {
  const best = features.map((): Exemplar[] => []);
  return {
    best: () => best,
    add: (latents, images) => {
      requireFeatures(features, latents.shape[2] ?? 0);
      for (const [at, feature] of features.entries()) {
        const found = images.map((image, row) => mostExciting(latents, row, feature, image));
        const all = [...(best[at] ?? []), ...found].sort((left, right) => right.value - left.value);
        best[at] = all.slice(0, count);
      }
    },
  };
}

function mostExciting({ shape, data }: HostArray, row: number, feature: number, image: number): Exemplar {
  const [, patches = 0, width = 0] = shape;
  const valueAt = (place: number) => data[(row * patches + place) * width + feature] ?? 0;
  let place = 0;
  for (let other = 1; other < patches; other++) if (valueAt(other) > valueAt(place)) place = other;
  return { image, place, value: valueAt(place) };
}

function requireFeatures(features: readonly number[], width: number): void {
  const outside = features.find((feature) => !(Number.isInteger(feature) && feature >= 0 && feature < width));
  if (outside === undefined) return;
  throw new CpcArgumentError({
    where: 'exemplars',
    argument: 'features',
    expected: `features from 0 to ${width - 1}, as z has them`,
    received: outside,
  });
}
