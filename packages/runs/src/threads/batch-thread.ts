/** One thread that makes batches, seen from the training thread. */
import { createRequire } from 'node:module';
import { CpcError } from '@cpc/base';
import { type RequestThread, startRequestThread } from '@cpc/base/node';
import type { MadeBatch } from '@cpc/core';
import type { BatchJob, BatchRequest } from './batch-messages.js';

export type BatchThread = RequestThread<BatchRequest, MadeBatch>;

/** @param heapMegabytes - its largest heap; Node's own if left out. */
export function startBatchThread(job: BatchJob, heapMegabytes: number | undefined): BatchThread {
  const entry = createRequire(import.meta.url).resolve('@cpc/runs/batch-worker');
  return startRequestThread({ entry, data: job, ended, heapMegabytes });
}

function ended(reason: string): CpcError {
  return new CpcError({
    where: 'batch worker',
    expected: 'a thread that makes batches until training ends',
    received: `its early end: ${reason}`,
    fix: 'Make batches in the training thread (0 workers) to see what fails there, or with fewer workers if memory ran out.',
  });
}
