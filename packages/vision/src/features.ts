/**
 * What a trained model says of pictures: latents and contexts of every patch. Pictures are cut in their middle, as are their
 * patches; nothing is left to chance.
 *
 * Letters used for shapes here:
 *   B  pictures computed together    M  pictures    G  patches of the grid's side    D  size of z    H  size of c
 */
import type { CompiledFunction } from '@cpc/compile';
import {
  CpcArgumentError,
  type Engine,
  flatten,
  type HostArray,
  joinRows,
  type Tree,
  unflatten,
  withoutPredictors,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { channelCount, middlePatches, patchesShape } from './data/augmentation.js';
import type { ImageSet, Picture } from './data/image-set.js';
import { latentSize } from './encoder/architecture.js';
import { patchCount } from './geometry.js';
import { contextualise, encodePatches } from './model.js';
import type { VisionSettings } from './presets.js';

/** Patches are in the order of `patchOrigin`: column by column. */
export interface PictureFeatures {
  /** `[M, G², D]`: z. */
  readonly latents: HostArray;
  /** `[M, G², H]`: c. */
  readonly contexts: HostArray;
}

export interface ImageEncoder {
  /**
   * @param pictures - at the size that `resizePixels` says; not changed.
   * @returns arrays that the caller owns.
   * @throws {CpcArgumentError} if a picture is of another size.
   */
  readonly encode: (pictures: readonly Picture[]) => Promise<PictureFeatures>;
  /** Takes other parameters of the same model from now on; the next call of `encode` prepares anew. */
  readonly load: (parameters: Tree<HostArray>) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export interface ImageEncoderOptions {
  readonly settings: VisionSettings;
  /** Encoder and context; predictors are passed over. */
  readonly parameters: Tree<HostArray>;
  readonly engine: Engine;
  /** B; default 8. Memory grows with it. */
  readonly batchSize?: number;
}

/**
 * Prepares to run a model over pictures.
 *
 * @throws {CpcArgumentError} if the batch size is not a whole number of at least 1.
 *
 * @example
 * const encoder = createImageEncoder({ settings, parameters, engine });
 * const { latents } = await encoder.encode([await images.read(0)]); // [1, 49, 512]
 */
export function createImageEncoder(options: ImageEncoderOptions): ImageEncoder {
  const { settings, batchSize = 8 } = options;
  requireBatchSize(batchSize);
  let flat = withoutPredictors(flatten(options.parameters));
  let prepared: Promise<CompiledFunction> | undefined;
  const unload = async () => {
    const made = await prepared;
    prepared = undefined;
    await made?.dispose();
  };
  const run = async (pictures: readonly Picture[]) => {
    prepared ??= compileEncoder(options, flat, batchSize);
    return (await prepared).run({ patches: patchesOf(pictures, settings, batchSize) });
  };
  return {
    encode: async (pictures) => {
      const latents = rowsFor(pictures.length, patchCount(settings) * latentSize(settings));
      const contexts = rowsFor(pictures.length, patchCount(settings) * settings.contextUnits);
      for (let first = 0; first < pictures.length; first += batchSize) {
        const part = pictures.slice(first, first + batchSize);
        const outputs = await run(part);
        latents.write(outputs.latents, first, part.length);
        contexts.write(outputs.contexts, first, part.length);
      }
      const shape = (size: number) => [pictures.length, patchCount(settings), size];
      return {
        latents: { shape: shape(latentSize(settings)), data: latents.data },
        contexts: { shape: shape(settings.contextUnits), data: contexts.data },
      };
    },
    load: async (parameters) => {
      await unload();
      flat = withoutPredictors(flatten(parameters));
    },
    dispose: unload,
  };
}

/** Room for one row of numbers per picture. */
function rowsFor(pictures: number, width: number) {
  const data = new Float32Array(pictures * width);
  return {
    data,
    /** The first `count` rows of a batch, from row `first` on. */
    write: (batch: { readonly data: unknown } | undefined, first: number, count: number): void => {
      if (!(batch?.data instanceof Float32Array)) throw new Error('the model gave no float32 features');
      data.set(batch.data.subarray(0, count * width), first * width);
    },
  };
}

/** Fills up with zeros where there are fewer pictures than a batch has. */
function patchesOf(pictures: readonly Picture[], settings: VisionSettings, batchSize: number): HostArray {
  const shape = patchesShape(settings, batchSize);
  const size = patchCount(settings) * settings.patchPixels ** 2 * channelCount(settings);
  const data = new Float32Array(batchSize * size);
  for (const [slot, picture] of pictures.entries()) {
    middlePatches(picture, settings, data.subarray(slot * size, (slot + 1) * size));
  }
  return { shape, data };
}

function compileEncoder(
  { settings, engine }: ImageEncoderOptions,
  flat: Readonly<Record<string, HostArray>>,
  batchSize: number,
): Promise<CompiledFunction> {
  return engine.compile(
    (inputs) => featuresOf(settings, Object.keys(flat), inputs),
    { patches: { shape: patchesShape(settings, batchSize), dtype: 'float32' } },
    flat,
  );
}

/** Traced: `patches` [B G², P, P, C] to `latents` and `contexts`, [B G, G, D or H]. */
function featuresOf(
  settings: VisionSettings,
  paths: readonly string[],
  inputs: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const parameters = unflatten(Object.fromEntries(paths.map((path) => [path, inputs[path] as tf.Tensor])));
  const patches = encodePatches(settings, parameters, inputs.patches as tf.Tensor4D); // [B G², D]
  const latents = tf.reshape(patches, [-1, settings.gridSize, latentSize(settings)]) as tf.Tensor3D; // [B G, G, D]
  return { latents, contexts: contextualise(settings, parameters, latents) };
}

/** Images that are read and encoded before the next are read. */
const imagesAtOnce = 32;

/** Features of images of a set, which need not all be in memory as pictures. */
export async function encodeImages(
  encoder: ImageEncoder,
  images: Pick<ImageSet, 'read'>,
  indices: readonly number[],
): Promise<PictureFeatures> {
  const parts: PictureFeatures[] = [];
  for (let first = 0; first < indices.length; first += imagesAtOnce) {
    const some = indices.slice(first, first + imagesAtOnce);
    parts.push(await encoder.encode(await Promise.all(some.map((index) => images.read(index)))));
  }
  return {
    latents: joinRows(parts.map(({ latents }) => latents)),
    contexts: joinRows(parts.map(({ contexts }) => contexts)),
  };
}

/** The mean over the patches of every picture: `[M, F]` of `[M, G², F]`. */
export function pooledFeatures({ shape, data }: HostArray): HostArray {
  const [pictures = 0, patches = 1, width = 0] = shape;
  const pooled = new Float32Array(pictures * width);
  for (let picture = 0; picture < pictures; picture++) {
    for (let patch = 0; patch < patches; patch++) {
      const from = (picture * patches + patch) * width;
      for (let feature = 0; feature < width; feature++) {
        const at = picture * width + feature;
        pooled[at] = (pooled[at] ?? 0) + (data[from + feature] ?? 0) / patches;
      }
    }
  }
  return { shape: [pictures, width], data: pooled };
}

function requireBatchSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new CpcArgumentError({
    where: 'createImageEncoder',
    argument: 'batchSize',
    expected: 'a whole number of at least 1',
    received: batchSize,
  });
}
