/** Which images of a set can be decoded: for work that goes through all of them and cannot draw another instead. */
import { CpcError } from '@cpc/core';
import type { ImageSet } from '../data/image-set.js';
import { DamagedImageError, type SkippedImage } from '../data/skipped-image.js';

export interface WholeImages {
  /** Those that can be decoded. */
  readonly indices: readonly number[];
  readonly damaged: readonly SkippedImage[];
}

/** Pictures decoded side by side. */
const together = 8;

/**
 * Decodes every picture once.
 *
 * @throws {DamagedImageError} at the first that cannot be, if `strict`.
 * @throws {CpcError} if there is none that can be.
 */
export async function wholeImages(images: ImageSet, strict: boolean): Promise<WholeImages> {
  const damaged = new Map<number, SkippedImage>();
  const all = [...images.images.keys()];
  for (let first = 0; first < all.length; first += together) {
    await Promise.all(
      all.slice(first, first + together).map(async (index) => {
        const reason = await damageOf(images, index, strict);
        if (reason !== undefined) damaged.set(index, { path: images.images[index]?.name ?? '', reason });
      }),
    );
  }
  if (damaged.size === all.length) throw nothingUsable(images, [...damaged.values()]);
  return { indices: all.filter((index) => !damaged.has(index)), damaged: [...damaged.values()] };
}

function nothingUsable({ name }: ImageSet, damaged: readonly SkippedImage[]): CpcError {
  return new CpcError({
    where: name,
    expected: 'at least 1 picture that can be used',
    received: `${damaged.length} and none of them usable; the first: ${damaged[0]?.reason ?? ''}`,
  });
}

async function damageOf(images: ImageSet, index: number, strict: boolean): Promise<string | undefined> {
  try {
    await images.read(index);
    return undefined;
  } catch (error) {
    if (strict || !DamagedImageError.isInstance(error)) throw error;
    return error.message;
  }
}
