/** Finds the pictures that a command names: a folder, or the built-in scenes. */
import { skippedInWords } from '@cpc/core';
import type { ImageSet } from '../data/image-set.js';
import { createScenes } from '../synthesis/scenes.js';
import { type FolderContents, imagesOfFolder, openImageFolder } from './data/image-folder.js';
import { megapixelsOf } from './data/image-limit.js';

/** What `--builtin` stands for. */
export const builtInData = 'builtin';

export interface OpenImagesOptions {
  /** Side to which pictures are brought. */
  readonly side: number;
  /** Refuse damaged files instead of leaving them out. */
  readonly strict: boolean;
}

/** From what another thread opens the same pictures: a plain value. */
export type ImageSource =
  | { readonly kind: 'builtin'; readonly side: number }
  | { readonly kind: 'folder'; readonly side: number; readonly contents: FolderContents };

export interface OpenedImages {
  readonly images: ImageSet;
  readonly source: ImageSource;
}

/** Scenes to train on, and scenes that are held out for probes. */
const builtInScenes = { seed: 1, train: 1000, test: 500 } as const;

/** @throws {CpcError} if the folder has no picture; if `strict`, also where one cannot be used. */
export async function openImages(data: string, { side, strict }: OpenImagesOptions): Promise<OpenedImages> {
  if (data === builtInData)
    return { images: createScenes({ ...builtInScenes, side }), source: { kind: 'builtin', side } };
  const images = await openImageFolder(data, { side, strict, maximumMegapixels: megapixelsOf() });
  return { images, source: { kind: 'folder', side, contents: images.contents } };
}

/** Decoded pictures that all threads together keep. */
const cacheBytes = 512 * 2 ** 20;

/**
 * The same pictures again, with a cache of their own.
 *
 * @param threads - how many open them: each keeps its part of what one would.
 */
export function imagesOf(source: ImageSource, threads: number): ImageSet {
  const { side } = source;
  if (source.kind === 'builtin') return createScenes({ ...builtInScenes, side });
  return imagesOfFolder(source.contents, {
    side,
    cacheBytes: Math.floor(cacheBytes / threads),
    maximumMegapixels: megapixelsOf(),
  });
}

/** In words: files of a set that are not used, and what else is odd about it. */
export function imageWarnings({ skipped, warnings = [] }: Pick<ImageSet, 'skipped' | 'warnings'>): string[] {
  return [...warnings, ...skippedInWords(skipped)];
}
