/** Stands in for `../batches.js` where a test is to need no built files: what threads would draw is drawn here, and counted. */
import { batchOf, createRandom } from '@cpc/core';
import type { BatchWorkers } from '@cpc/runs';
import { createSpeechDomain } from '../../speech-domain.js';
import type { SpeechBatchRequest } from '../batches.js';
import { speechOf } from '../open-data.js';

/** Threads that each run asked for, in the order in which they began. */
export const startedWorkers: number[] = [];

export function startSpeechWorkers({
  source,
  settings,
  recordings,
  strict,
  workers,
}: SpeechBatchRequest): BatchWorkers {
  startedWorkers.push(workers);
  const maker = createSpeechDomain(speechOf(source, workers), settings, recordings, { strict });
  return {
    ahead: 1,
    batch: async (seed, step) => ({ inputs: await batchOf(maker, createRandom(seed), step), damaged: [] }),
    close: async () => undefined,
  };
}
