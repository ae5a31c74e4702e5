/**
 * Pictures of a batch: different ones, drawn evenly, augmented, as patches. A picture that cannot be decoded is left out, and
 * another drawn in its place.
 *
 * Letters used for shapes here:
 *   B  images of a batch    G  patches of the grid's side    P  side of a patch    C  channels
 */
import { CpcError, type DamagedInput, type Random } from '@cpc/core';
import { patchCount } from '../geometry.js';
import { augmentedPatches, channelCount, type PatchSettings, patchesShape } from './augmentation.js';
import type { ImageSet, Picture } from './image-set.js';
import { DamagedImageError } from './skipped-image.js';

export interface BatchSamplerOptions {
  readonly settings: PatchSettings;
  /** B. */
  readonly batchSize: number;
  /** Images to draw from, by index. */
  readonly indices: readonly number[];
  /** Fail at a damaged picture instead of drawing another. */
  readonly strict: boolean;
}

export interface SampledBatch {
  /** `[B G², P, P, C]`, and that shape. */
  readonly patches: Float32Array;
  readonly shape: readonly number[];
  /** `[B]`: which images they are. */
  readonly images: readonly number[];
}

export interface BatchSampler {
  /** What is drawn depends on the stream alone, also in another thread. */
  readonly draw: (random: Random) => Promise<SampledBatch>;
  /** What draws have found damaged so far, in the order found, each once. */
  readonly damaged: () => readonly DamagedInput[];
}

/**
 * @throws {CpcError} if there are fewer images than a batch has.
 *
 * @example
 * const sampler = createBatchSampler(images, { settings, batchSize: 16, indices: [...images.images.keys()], strict: false });
 */
export function createBatchSampler(set: ImageSet, options: BatchSamplerOptions): BatchSampler {
  const { settings, batchSize, indices } = options;
  requireEnough(set, indices.length, batchSize);
  const damaged = new Map<number, DamagedInput>();
  const size = patchCount(settings) * settings.patchPixels ** 2 * channelCount(settings);
  return {
    damaged: () => [...damaged.values()],
    draw: async (random) => {
      const drawn = await drawWhole(set, options, random, damaged);
      const patches = new Float32Array(batchSize * size);
      for (const [slot, { picture }] of drawn.entries()) {
        const target = patches.subarray(slot * size, (slot + 1) * size);
        augmentedPatches(picture, settings, random.fold('augmentation', slot), target);
      }
      return { patches, shape: patchesShape(settings, batchSize), images: drawn.map(({ index }) => index) };
    },
  };
}

/** Pictures that cannot be read, one after another, before a draw gives up: the disk is gone, and a large folder would take hours. */
const mostInVain = 1000;

interface Drawn {
  readonly index: number;
  readonly picture: Picture;
}

/** Images in an order that the stream decides; the first B of it that can be read. */
async function drawWhole(
  set: ImageSet,
  { batchSize, indices, strict }: BatchSamplerOptions,
  random: Random,
  damaged: Map<number, DamagedInput>,
): Promise<readonly Drawn[]> {
  const first = [...random.fold('images').choose(indices.length, batchSize)];
  const tried = new Set(first);
  const found = await Promise.all(first.map((place) => readWhole(set, indices[place] ?? 0, strict, damaged)));
  const whole = found.filter((drawn) => drawn !== undefined);
  if (whole.length === batchSize) return whole;
  let inVain = 0;
  for (const place of random.fold('instead of damaged').permutation(indices.length)) {
    if (whole.length === batchSize) return whole;
    if (inVain === mostInVain) break;
    if (tried.has(place)) continue;
    const drawn = await readWhole(set, indices[place] ?? 0, strict, damaged);
    inVain = drawn === undefined ? inVain + 1 : 0;
    if (drawn !== undefined) whole.push(drawn);
  }
  if (whole.length === batchSize) return whole;
  throw nothingLeft(set, whole.length, batchSize, [...damaged.values()]);
}

async function readWhole(
  set: ImageSet,
  index: number,
  strict: boolean,
  damaged: Map<number, DamagedInput>,
): Promise<Drawn | undefined> {
  try {
    return { index, picture: await set.read(index) };
  } catch (error) {
    if (strict || !DamagedImageError.isInstance(error)) throw error;
    const path = set.images[index]?.name ?? String(index);
    if (!damaged.has(index)) damaged.set(index, { path, reason: error.message });
    return undefined;
  }
}

function requireEnough({ name }: ImageSet, images: number, batchSize: number): void {
  if (images >= batchSize) return;
  throw new CpcError({
    where: name,
    expected: `at least ${batchSize} images, as many as a batch has`,
    received: images,
    fix: 'Give more pictures, or lower batchSize.',
  });
}

function nothingLeft({ name }: ImageSet, whole: number, batchSize: number, found: readonly DamagedInput[]): CpcError {
  return new CpcError({
    where: name,
    expected: `${batchSize} pictures for a batch besides those that cannot be read`,
    received: `${whole}; the first that cannot be read: ${found[0]?.reason ?? ''}`,
    fix: 'Check that the disk is mounted and restore the files; --strict names the first one before training begins.',
  });
}
