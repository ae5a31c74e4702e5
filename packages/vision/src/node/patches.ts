/** `cpc vision patches`: the patches that excite features of z most, as a sheet (figure 5). */
import { CpcError } from '@cpc/core';
import type { EngineRequest } from '@cpc/core/node';
import { createEngine } from '@cpc/core/node';
import { type Control, reportWarnings, type TaskEvent } from '@cpc/runs';
import { patchOfPicture } from '../data/augmentation.js';
import type { ImageSet } from '../data/image-set.js';
import { latentSize } from '../encoder/architecture.js';
import { collectExemplars, type Exemplar } from '../exemplars.js';
import { createImageEncoder, encodeImages } from '../features.js';
import { gridPlace } from '../geometry.js';
import type { VisionSettings } from '../presets.js';
import { loadVisionModel } from './model-file.js';
import { imageWarnings, openImages } from './open-images.js';
import { requireSheetEnding, type SheetRow, writeSheet } from './sheet.js';
import { wholeImages } from './whole-images.js';

/** Images between two reports of progress. */
const block = 64;

/** What excites features of a model most: figure 5 of the paper. */
export interface PatchesRequest {
  readonly run: string;
  readonly data: string;
  /** Features by number, from 0, none twice. */
  readonly features: readonly number[];
  /** How many examples of each; >= 1. */
  readonly count: number;
  /** A file ending in `.png` or another of the sheets' endings. */
  readonly out: string;
  readonly engine: EngineRequest;
  readonly strict: boolean;
}

export async function* visionPatches(
  { run, data, features, count, out, engine, strict }: PatchesRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  requireSheetEnding('patches', out);
  const { settings, parameters } = yield* reportWarnings(await loadVisionModel(run));
  requireFeatures(features, latentSize(settings));
  const { images } = await openImages(data, { side: settings.resizePixels, strict });
  const { indices, damaged } = await wholeImages(images, strict);
  for (const message of imageWarnings({ ...images, skipped: [...images.skipped, ...damaged] }))
    yield { type: 'warning', message };
  const collector = collectExemplars(features, count);
  const parts = { settings, parameters, engine: await createEngine(engine) };
  const encoder = createImageEncoder(parts);
  try {
    for (let first = 0; first < indices.length; first += block) {
      if (control.stopRequested()) return;
      const some = indices.slice(first, first + block);
      collector.add((await encodeImages(encoder, images, some)).latents, some);
      yield { type: 'progress', label: 'images', done: first + some.length, total: indices.length };
    }
  } finally {
    await encoder.dispose();
  }
  const best = collector.best();
  const rows = features.map((feature, at) => rowOf(`feature ${feature}`, best[at] ?? [], images, settings));
  await writeSheet(out, 'Patches that excite single features of z most', await Promise.all(rows));
  yield { type: 'file-written', path: out, description: `${count} patches of each of ${features.length} features` };
}

async function rowOf(
  title: string,
  exemplars: readonly Exemplar[],
  images: ImageSet,
  settings: VisionSettings,
): Promise<SheetRow> {
  const cells = exemplars.map(async ({ image, place, value }) => {
    const { row, column } = gridPlace(settings.gridSize, place);
    const caption = `${value.toFixed(2)}: ${images.images[image]?.name ?? ''}, row ${row}, column ${column}`;
    return { picture: patchOfPicture(await images.read(image), settings, place), caption };
  });
  return { title, cells: await Promise.all(cells) };
}

/** Before any picture is read. */
function requireFeatures(features: readonly number[], size: number): void {
  const outside = features.find((feature) => feature >= size);
  if (outside === undefined) return;
  throw new CpcError({
    where: 'patches',
    expected: `features from 0 to ${size - 1}, as z has them`,
    received: outside,
  });
}
