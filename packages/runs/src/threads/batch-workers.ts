/**
 * Makes batches in threads of their own while the training thread computes a step.
 *
 * Knows nothing of what is drawn: a domain names a module of its package and a plain request, and every thread opens the data for
 * itself. A batch depends on seed and step alone, so that it is the same whoever makes it.
 */
import { CpcArgumentError } from '@cpc/base';
import type { BatchSource } from '@cpc/core';
import type { BatchJob } from './batch-messages.js';
import { type BatchThread, startBatchThread } from './batch-thread.js';

export interface BatchWorkersOptions {
  /** Threads, 1 to 64; default 1. Each opens the data for itself. */
  readonly workers?: number;
  /** Batches made ahead of the one in use, 1 to 65; default one more than there are threads. All of them are held in memory. */
  readonly ahead?: number;
  /** Largest heap of a thread, in MiB, above 0; default: Node's own. Batches do not count towards it. */
  readonly heapMegabytes?: number;
}

/** Threads that make batches. */
export interface BatchWorkers extends BatchSource {
  /** Ends the threads at once; batches still asked for fail. The second time it does nothing. */
  readonly close: () => Promise<void>;
}

/**
 * Starts threads that make the batches of `train()`; the same batches, bit for bit, as without them.
 *
 * A thread that ends before its time (memory, a fault of native code that leaves the process alive) fails the batches it was
 * asked for, and all later ones. Threads that are idle do not keep the process alive.
 *
 * @returns the source to pass to `train()`; the caller closes it.
 * @throws {CpcArgumentError} if a number is out of range.
 *
 * @example
 * const batches = createBatchWorkers({ module: new URL('./my-batches.js', import.meta.url).href, open: 'openBatches', request: { folder } });
 * try {
 *   for await (const event of train({ domain, batches, engine, optimiser, seed: 1, steps: 1000, checkpoints })) show(event);
 * } finally {
 *   await batches.close();
 * }
 */
export function createBatchWorkers(job: BatchJob, options: BatchWorkersOptions = {}): BatchWorkers {
  const { workers = 1, ahead = workers + 1, heapMegabytes } = options;
  requireCount('workers', workers, mostThreads);
  requireCount('ahead', ahead, mostThreads + 1);
  requireHeap(heapMegabytes);
  const threads = Array.from({ length: workers }, () => startBatchThread(job, heapMegabytes));
  return {
    ahead,
    batch: (seed, step) => (threads.find((thread) => thread.hasEnded()) ?? leastBusy(threads)).ask({ seed, step }),
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

const mostThreads = 64;

function requireCount(argument: 'workers' | 'ahead', received: number, most: number): void {
  if (Number.isInteger(received) && received >= 1 && received <= most) return;
  const expected = `${argument} to be a whole number from 1 to ${most}`;
  throw new CpcArgumentError({ where: 'createBatchWorkers', argument, expected, received });
}

function requireHeap(received: number | undefined): void {
  if (received === undefined || (Number.isFinite(received) && received > 0)) return;
  const expected = 'heapMegabytes to be above 0 and finite';
  throw new CpcArgumentError({ where: 'createBatchWorkers', argument: 'heapMegabytes', expected, received });
}

/** The first of those that have the fewest batches to make. */
function leastBusy(threads: readonly BatchThread[]): BatchThread {
  return threads.reduce((least, thread) => (thread.waiting() < least.waiting() ? thread : least));
}
