/** `cpc vision embed`: pictures as arrays, written while they are made. */
import type { HostArray } from '@cpc/core';
import { type Control, createAtomicFile, createEngine, type EmbedRequest, type TaskEvent } from '@cpc/core/node';
import type { ImageSet } from '../data/image-set.js';
import { latentSize } from '../encoder/architecture.js';
import { createImageEncoder, encodeImages, type ImageEncoder, pooledFeatures } from '../features.js';
import { patchCount } from '../geometry.js';
import {
  type EmbeddedImage,
  type FeatureWriter,
  type FileContents,
  featureFormatOf,
} from './feature-files/feature-format.js';
import { loadVisionModel, type VisionModelFile } from './model-file.js';
import { imageWarnings, openImages } from './open-images.js';
import { wholeImages } from './whole-images.js';

/** Pictures that are computed and written together. */
const block = 16;

/**
 * Writes latents, or contexts, of every picture: of each patch, or their mean. What a file of each ending holds is told in
 * `feature-files/`. The file appears when it is whole.
 */
export async function* embedVision(
  request: EmbedRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const format = featureFormatOf(request.out);
  const model = await loadVisionModel(request.run);
  const { resizePixels: side } = model.settings;
  const { images } = await openImages(request.data, { side, strict: request.strict });
  const { indices, damaged } = await wholeImages(images, request.strict);
  for (const message of imageWarnings({ ...images, skipped: [...images.skipped, ...damaged] }))
    yield { type: 'warning', message };
  const contents = contentsOf(images, indices, model, request);
  const encoder = createImageEncoder({
    ...{ settings: model.settings, parameters: model.parameters, batchSize: block },
    engine: await createEngine(request.engine),
  });
  const file = await createAtomicFile(request.out);
  try {
    const writer = await format.begin(file, contents);
    for (let first = 0; first < indices.length; first += block) {
      if (control.stopRequested()) return;
      const part = indices.slice(first, first + block);
      const features = await featuresOf(encoder, images, part, request);
      await writeImages(writer, features, contents.images.slice(first, first + block));
      yield { type: 'progress', label: 'images', done: first + part.length, total: indices.length };
    }
    await writer.finish();
    await file.commit();
  } finally {
    await file.abandon();
    await encoder.dispose();
  }
  yield { type: 'file-written', path: request.out, description: format.description(contents) };
  if (format.writeIndex !== undefined) yield await format.writeIndex(request.out, contents);
}

function contentsOf(
  { images, classes }: ImageSet,
  indices: readonly number[],
  { settings }: VisionModelFile,
  { pooled, representation = 'latent' }: EmbedRequest,
): FileContents {
  return {
    images: indices.map((index): EmbeddedImage => {
      const { name = '', label } = images[index] ?? {};
      return { name, label: label === undefined ? '' : (classes[label] ?? '') };
    }),
    rowsPerImage: pooled ? 1 : patchCount(settings),
    width: representation === 'latent' ? latentSize(settings) : settings.contextUnits,
    settings,
  };
}

/** `[M, F]` if pooled, else `[M, G², F]`. */
async function featuresOf(
  encoder: ImageEncoder,
  images: ImageSet,
  indices: readonly number[],
  { pooled, representation = 'latent' }: EmbedRequest,
): Promise<HostArray> {
  const { latents, contexts } = await encodeImages(encoder, images, indices);
  const features = representation === 'latent' ? latents : contexts;
  return pooled ? pooledFeatures(features) : features;
}

async function writeImages(
  writer: FeatureWriter,
  { data }: HostArray,
  images: readonly EmbeddedImage[],
): Promise<void> {
  const size = data.length / images.length;
  for (const [place, image] of images.entries()) {
    await writer.write(image, data.subarray(place * size, (place + 1) * size));
  }
}
