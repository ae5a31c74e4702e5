/** What a thread that makes batches of pictures loads: it opens them again, decodes and augments, and computes nothing. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { BatchMaker } from '@cpc/core';
import { type BatchWorkers, createBatchWorkers } from '@cpc/runs';
import type { VisionSettings } from '../presets.js';
import { createVisionDomain } from '../vision-domain.js';
import { type ImageSource, imagesOf } from './open-images.js';

/** A plain value. */
export interface VisionBatchRequest {
  readonly source: ImageSource;
  readonly settings: VisionSettings;
  /** Fail at a damaged picture instead of drawing another. */
  readonly strict: boolean;
  /** How many threads draw: each keeps its part of the decoded pictures that one would keep. */
  readonly workers: number;
}

/** Opens the pictures of a request. */
export function openVisionBatches({ source, settings, strict, workers }: VisionBatchRequest): BatchMaker {
  return createVisionDomain(imagesOf(source, workers), settings, { strict });
}

/** Threads that draw the batches of a run; the caller closes them. */
export function startVisionWorkers(request: VisionBatchRequest): BatchWorkers {
  const module = pathToFileURL(createRequire(import.meta.url).resolve('@cpc/vision/node/batches')).href;
  return createBatchWorkers({ module, open: 'openVisionBatches', request }, { workers: request.workers });
}
