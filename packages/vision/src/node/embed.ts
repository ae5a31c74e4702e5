/** `cpc vision embed`: pictures as arrays, written while they are made. */
import type { HostArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import {
  type Control,
  createFeatureFile,
  type EmbedRequest,
  type FeatureContents,
  type RowColumn,
  reportWarnings,
  requireFeatureFile,
  type TaskEvent,
} from '@cpc/runs';
import type { ImageSet } from '../data/image-set.js';
import { latentSize } from '../encoder/architecture.js';
import { createImageEncoder, encodeImages, type ImageEncoder, pooledFeatures } from '../features.js';
import { gridPlace, patchCount } from '../geometry.js';
import { loadVisionModel, type VisionModelFile } from './model-file.js';
import { imageWarnings, openImages } from './open-images.js';
import { wholeImages } from './whole-images.js';

/** Pictures that are computed and written together. */
const block = 16;

/** Of the `.tsv` beside an `.npy`. */
const indexColumns = ['image', 'class'] as const;

/**
 * Writes latents, or contexts, of every picture: of each patch, or their mean. The file appears when it is whole.
 */
export async function* embedVision(
  request: EmbedRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  await requireFeatureFile(request.out, indexColumns);
  const model = yield* reportWarnings(await loadVisionModel(request.run));
  const { resizePixels: side } = model.settings;
  const { images } = await openImages(request.data, { side, strict: request.strict });
  const { indices, damaged } = await wholeImages(images, request.strict);
  for (const message of imageWarnings({ ...images, skipped: [...images.skipped, ...damaged] }))
    yield { type: 'warning', message };
  const encoder = createImageEncoder({ ...model, batchSize: block, engine: await createEngine(request.engine) });
  const file = await createFeatureFile(request.out, contentsOf(images, indices, model, request));
  try {
    for (let first = 0; first < indices.length; first += block) {
      if (control.stopRequested()) return;
      const part = indices.slice(first, first + block);
      const { data } = await featuresOf(encoder, images, part, request);
      await file.write(data);
      yield { type: 'progress', label: 'images', done: first + part.length, total: indices.length };
    }
    yield* await file.finish();
  } finally {
    await file.abandon();
    await encoder.dispose();
  }
}

function contentsOf(
  { images, classes }: ImageSet,
  indices: readonly number[],
  { settings }: VisionModelFile,
  { pooled, representation = 'latent' }: EmbedRequest,
): FeatureContents {
  const rowsPerImage = pooled ? 1 : patchCount(settings);
  const width = representation === 'latent' ? latentSize(settings) : settings.contextUnits;
  const shape = pooled ? [indices.length, width] : [indices.length, rowsPerImage, width];
  const names = indices.map((index) => images[index]?.name ?? '');
  const labels = indices.map((index) => classes[images[index]?.label ?? -1] ?? '');
  const imageAt = (row: number) => Math.floor(row / rowsPerImage);
  const placeAt = (row: number) => gridPlace(settings.gridSize, row % rowsPerImage);
  const places: readonly RowColumn[] = [
    { name: 'row', type: 'int32', value: (row) => placeAt(row).row },
    { name: 'column', type: 'int32', value: (row) => placeAt(row).column },
  ];
  return {
    shape,
    index: {
      columns: indexColumns,
      lines: names.map((name, at) => [name, labels[at] ?? '']),
      description: 'which image each entry is of',
    },
    tensors: [['features', shape]],
    metadata: {
      images: JSON.stringify(names),
      classes: JSON.stringify(labels),
      settings: JSON.stringify(settings),
    },
    description: `features, float32 [${shape.join(', ')}]`,
    columns: [
      { name: 'image', type: 'text', value: (row) => names[imageAt(row)] ?? '' },
      { name: 'class', type: 'text', value: (row) => labels[imageAt(row)] ?? '' },
      ...(pooled ? [] : places),
    ],
    parquetMetadata: { 'cpc.settings': JSON.stringify(settings) },
    createdBy: '@cpc/vision',
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
