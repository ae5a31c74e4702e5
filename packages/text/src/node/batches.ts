/** What a thread that makes batches of text loads: it opens the corpus again, draws examples, and computes nothing. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { BatchMaker } from '@cpc/core';
import { type BatchWorkers, createBatchWorkers } from '@cpc/runs';
import type { TextSettings } from '../presets.js';
import { createTextDomain } from '../text-domain.js';
import { corpusOf, type TextSource } from './open-text.js';

/** A plain value. */
export interface TextBatchRequest {
  readonly source: TextSource;
  /** `vocabularySize` is that of the vocabulary. */
  readonly settings: TextSettings;
}

/** Opens the text of a request. */
export async function openTextBatches({ source, settings }: TextBatchRequest): Promise<BatchMaker> {
  return createTextDomain(await corpusOf(source), settings);
}

/** Threads that draw the batches of a run; the caller closes them. */
export function startTextWorkers(request: TextBatchRequest, workers: number): BatchWorkers {
  const module = pathToFileURL(createRequire(import.meta.url).resolve('@cpc/text/node/batches')).href;
  return createBatchWorkers({ module, open: 'openTextBatches', request }, { workers });
}
