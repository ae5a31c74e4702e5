/** What a thread that makes batches of speech loads: it opens the corpus again, draws windows, and computes nothing. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { BatchMaker } from '@cpc/core';
import { type BatchWorkers, createBatchWorkers } from '@cpc/runs';
import type { SpeechSettings } from '../presets.js';
import { createSpeechDomain } from '../speech-domain.js';
import { type SpeechSource, speechOf } from './open-data.js';

/** A plain value. */
export interface SpeechBatchRequest {
  readonly source: SpeechSource;
  readonly settings: SpeechSettings;
  /** Recordings to draw from, by index; all if left out. */
  readonly recordings?: readonly number[];
  /** Fail at a damaged recording instead of drawing another window. */
  readonly strict: boolean;
  /** How many threads draw: each keeps its part of the decoded recordings that one would keep. */
  readonly workers: number;
}

/** Opens the speech of a request. */
export function openSpeechBatches({ source, settings, recordings, strict, workers }: SpeechBatchRequest): BatchMaker {
  return createSpeechDomain(speechOf(source, workers), settings, recordings, { strict });
}

/** Threads that draw the batches of a run; the caller closes them. */
export function startSpeechWorkers(request: SpeechBatchRequest): BatchWorkers {
  const module = pathToFileURL(createRequire(import.meta.url).resolve('@cpc/audio/node/batches')).href;
  return createBatchWorkers({ module, open: 'openSpeechBatches', request }, { workers: request.workers });
}
