/** `cpc vision neighbours`: the images whose vectors are most like that of another. */
import { resolve } from 'node:path';
import { CpcError, entryAt, type HostArray, joinRows } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { measureScale, standardise } from '@cpc/probes';
import { type Control, reportWarnings, type SearchRequest, type TaskEvent } from '@cpc/runs';
import type { ImageSet, Picture } from '../data/image-set.js';
import { createImageEncoder, encodeImages, pooledFeatures } from '../features.js';
import { nearestImages } from '../nearest-images.js';
import { decodePicture } from './data/decode-picture.js';
import { megapixelsOf } from './data/image-limit.js';
import { loadVisionModel, type VisionModelFile } from './model-file.js';
import { imageWarnings, openImages } from './open-images.js';
import { requireSheetEnding, type SheetRow, writeSheet } from './sheet.js';
import { wholeImages } from './whole-images.js';

/** Images between two reports of progress. */
const block = 64;

/**
 * Vectors are means over patches, each of their numbers brought to mean 0 and deviation 1 over the data: otherwise what all
 * images share would make all of them alike. The query itself is none of its neighbours.
 */
export async function* visionNeighbours(
  request: SearchRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const { query, count, out, strict } = request;
  if (out !== undefined) requireSheetEnding('neighbours', out);
  const model = yield* reportWarnings(await loadVisionModel(request.run));
  const { resizePixels: side } = model.settings;
  const { images } = await openImages(request.data, { side, strict });
  const { indices, damaged } = await wholeImages(images, strict);
  for (const message of imageWarnings({ ...images, skipped: [...images.skipped, ...damaged] }))
    yield { type: 'warning', message };
  const asked = await queryPicture(images, query, side);
  const others = indices.filter((index) => index !== asked.index);
  const vectors = yield* vectorsOf(asked.picture, images, others, { model, request, control });
  if (vectors === undefined) return;
  const found = nearestImages(vectors, count).map(({ row, similarity }): FoundImage => {
    const index = entryAt(others, row - 1, 'images');
    return { index, label: images.images[index]?.name ?? '', similarity };
  });
  for (const { label, similarity } of found) yield { type: 'match-found', label, similarity };
  if (out === undefined) return;
  await writeSheet(out, 'Nearest images', [await sheetRow(query, asked.picture, images, found)]);
  yield { type: 'file-written', path: out, description: `the query and ${found.length} images` };
}

interface FoundImage {
  readonly index: number;
  readonly label: string;
  readonly similarity: number;
}

interface Encoding {
  readonly model: VisionModelFile;
  readonly request: SearchRequest;
  readonly control: Control;
}

/** `[1 + M, F]` on a common scale: the query, then the images; `undefined` if it was told to stop. */
async function* vectorsOf(
  query: Picture,
  images: ImageSet,
  indices: readonly number[],
  { model, request, control }: Encoding,
): AsyncGenerator<TaskEvent, HostArray | undefined, undefined> {
  const parts = { settings: model.settings, parameters: model.parameters };
  const encoder = createImageEncoder({ ...parts, engine: await createEngine(request.engine) });
  try {
    const rows = [pooledFeatures((await encoder.encode([query])).latents)];
    for (let first = 0; first < indices.length; first += block) {
      if (control.stopRequested()) return undefined;
      const some = indices.slice(first, first + block);
      rows.push(pooledFeatures((await encodeImages(encoder, images, some)).latents));
      yield { type: 'progress', label: 'images', done: first + some.length, total: indices.length };
    }
    return standardise(joinRows(rows), measureScale(joinRows(rows.slice(1))));
  } finally {
    await encoder.dispose();
  }
}

async function sheetRow(
  query: string,
  picture: Picture,
  images: ImageSet,
  found: readonly FoundImage[],
): Promise<SheetRow> {
  const cells = found.map(async ({ index, label, similarity }) => {
    return { picture: await images.read(index), caption: `${similarity.toFixed(3)}: ${label}` };
  });
  return { title: query, cells: [{ picture, caption: `asked for: ${query}` }, ...(await Promise.all(cells))] };
}

interface AskedPicture {
  readonly picture: Picture;
  /** Where it is an image of the data. */
  readonly index?: number;
}

/** An image of the data by its name or number, or a file. */
async function queryPicture(images: ImageSet, query: string, side: number): Promise<AskedPicture> {
  const named = images.images.findIndex(({ name }) => name === query);
  const index = named >= 0 ? named : /^\d+$/.test(query) ? Number(query) : -1;
  if (index >= 0 && index < images.images.length) return { picture: await images.read(index), index };
  const path = resolve(query);
  const same = images.images.findIndex(({ name }) => resolve(images.name, name) === path);
  if (same >= 0) return { picture: await images.read(same), index: same };
  return { picture: await decodePicture(path, query, side, megapixelsOf()).catch(refused(images, query)) };
}

function refused({ images }: ImageSet, query: string) {
  return (cause: unknown): never => {
    throw new CpcError({
      where: 'neighbours',
      expected: `an image of the data by its name, its number from 0 to ${images.length - 1}, or a picture file`,
      received: `"${query}" (${cause instanceof Error ? cause.message : String(cause)})`,
      cause,
    });
  };
}
