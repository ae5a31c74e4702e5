/** A folder of pictures as an image set: listed when it is opened, decoded when they are read. */
import { createHash } from 'node:crypto';
import { CpcError, refuseSkippedFiles } from '@cpc/core';
import type { ImageSet } from '../../data/image-set.js';
import { wholeImages } from '../whole-images.js';
import { decodePicture, limitDecoder } from './decode-picture.js';
import { type ListedFolder, listImages } from './list-images.js';
import { createPictureCache } from './picture-cache.js';

/** From what another thread opens the same folder: a plain value. */
export interface FolderContents extends ListedFolder {
  readonly folder: string;
}

export interface FolderImageSet extends ImageSet {
  readonly contents: FolderContents;
}

export interface FolderSetOptions {
  /** Side to which pictures are brought. */
  readonly side: number;
  /** Decoded pictures that are kept; default 512 MiB. */
  readonly cacheBytes?: number;
  /** Larger pictures are skipped; default 64. Those that are in memory as a whole may take 4 bytes for each of these pixels. */
  readonly maximumMegapixels?: number;
}

const defaultCacheBytes = 512 * 2 ** 20;

/**
 * Lists the pictures of a folder; see `list-images.ts` for its layouts.
 *
 * @param strict - refuse what would be left out, and decode every picture now to find it.
 * @throws {CpcError} if there is no picture, or, if `strict`, one that cannot be used, by name.
 */
export async function openImageFolder(
  folder: string,
  { strict, ...options }: FolderSetOptions & { readonly strict: boolean },
): Promise<FolderImageSet> {
  const set = imagesOfFolder({ folder, ...(await listImages(folder)) }, options);
  if (strict) {
    refuseSkippedFiles(folder, set.skipped);
    await wholeImages(set, true);
  }
  return set;
}

/** The set of a folder that was listed already, with a cache of its own. */
export function imagesOfFolder(
  contents: FolderContents,
  { side, cacheBytes = defaultCacheBytes, maximumMegapixels }: FolderSetOptions,
): FolderImageSet {
  limitDecoder();
  const { folder, images, classes, skipped, warnings } = contents;
  const cache = createPictureCache(cacheBytes);
  return {
    name: folder,
    contents,
    images,
    classes,
    skipped,
    warnings,
    fingerprint: fingerprintOf(contents),
    read: async (index) => {
      const known = cache.get(index);
      if (known !== undefined) return known;
      const image = images[index];
      if (image === undefined) throw new CpcError({ where: folder, expected: 'an image of the set', received: index });
      const picture = await decodePicture(image.path, image.name, side, maximumMegapixels);
      cache.set(index, picture);
      return picture;
    },
  };
}

/** Names and sizes of all files: wherever the folder lies. */
function fingerprintOf({ images }: FolderContents): string {
  const hash = createHash('sha256');
  for (const { name, bytes } of images) hash.update(`${name}\t${bytes}\n`);
  return `images:${images.length}:${hash.digest('hex').slice(0, 32)}`;
}
