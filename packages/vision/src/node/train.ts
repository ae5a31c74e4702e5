/** `cpc vision train`. */
import { requireConsistent } from '@cpc/core';
import type { DataSummary, TrainingEvent } from '@cpc/records';
import {
  type Control,
  installedVersions,
  type RunPaths,
  type TrainRequest,
  trainRequested,
  writeFileAtomically,
} from '@cpc/runs';
import type { ImageSet } from '../data/image-set.js';
import { exportContext, exportPatchEncoder, type VisionModelParts } from '../export-model.js';
import { contradictions, resolveVisionSettings } from '../settings.js';
import { createVisionDomain } from '../vision-domain.js';
import { visionOptimiser } from '../vision-optimiser.js';
import { startVisionWorkers } from './batches.js';
import { visionModels } from './model-file.js';
import { imageWarnings, openImages } from './open-images.js';

const trainedWith = ['@cpc/vision', '@cpc/core', '@cpc/compile', '@tensorflow/tfjs'];

/** Trains on a folder of pictures, or on built-in scenes, into a run folder. */
export async function* trainVision(
  request: TrainRequest,
  control: Control,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { settings, resolved } = resolveVisionSettings(request.preset, request.overrides);
  requireConsistent(contradictions(settings));
  const { strict, workers = 0 } = request;
  const { images, source } = await openImages(request.data, { side: settings.resizePixels, strict });
  const domain = createVisionDomain(images, settings, { strict });
  for (const message of imageWarnings(images)) yield { type: 'warning', message };
  const batches = workers === 0 ? undefined : startVisionWorkers({ source, settings, strict, workers });
  try {
    yield* trainRequested(
      request,
      {
        domain,
        batches,
        settings,
        resolved,
        optimiser: visionOptimiser(settings),
        stepsPerEpoch: domain.imageCount / settings.batchSize, // an epoch: as many images as there are
        versions: installedVersions(trainedWith, import.meta.url),
        dataFingerprint: images.fingerprint,
        data: summaryOf(images, domain.imageCount),
        modelMetadata: visionModels.metadata({ settings }, request.seed),
        exportModel: (parameters, paths) => writeOnnx({ settings, parameters }, paths),
      },
      control,
    );
  } finally {
    await batches?.close();
  }
}

/** @param trained - images that batches are drawn from: those that the data do not hold out. */
function summaryOf({ images, classes, skipped }: ImageSet, trained: number): DataSummary {
  const counts = { images: trained, heldOut: images.length - trained, classes: classes.length };
  return { counts, skipped: skipped.map(({ path, reason }) => ({ file: path, reason })) };
}

async function writeOnnx(parts: VisionModelParts, paths: RunPaths): Promise<void> {
  await writeFileAtomically(paths.encoder, exportPatchEncoder(parts));
  await writeFileAtomically(paths.context, exportContext(parts));
}
