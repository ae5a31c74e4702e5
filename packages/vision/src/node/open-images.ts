/** Finds the pictures that a command names: a folder, or the built-in scenes. */
import type { ImageSet } from '../data/image-set.js';
import { createScenes } from '../synthesis/scenes.js';

/** What `--builtin` stands for. */
export const builtInData = 'builtin';

export interface OpenImagesOptions {
  /** Side to which pictures are brought. */
  readonly side: number;
  /** Refuse damaged files instead of leaving them out. */
  readonly strict: boolean;
}

/** Scenes to train on, and scenes that are held out for probes. */
const builtInScenes = { seed: 1, train: 1600, test: 800 } as const;

export async function openImages(data: string, { side }: OpenImagesOptions): Promise<ImageSet> {
  if (data === builtInData) return createScenes({ ...builtInScenes, side });
  throw new Error('folders come later');
}

/** In words: every file of a set that could not be used, and why. */
export function leftOutFiles({ skipped }: Pick<ImageSet, 'skipped'>): string[] {
  return skipped.map(({ path, reason }) => `left out ${path}: ${reason}`);
}
