/** One thread that makes batches, seen from the training thread: requests go out, replies are matched to them, its end fails them all. */
import { createRequire } from 'node:module';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { CpcError } from '../errors.js';
import type { MadeBatch } from '../training/batches.js';
import type { BatchJob, BatchReply, BatchRequest } from './batch-messages.js';
import { restoreError } from './worker-errors.js';

export interface BatchThread {
  readonly batch: (seed: number, step: number) => Promise<MadeBatch>;
  /** Batches asked for that have not come. */
  readonly waiting: () => number;
  /** True once it makes no more batches: it was closed, or ended before its time. */
  readonly hasEnded: () => boolean;
  /** Ends the thread at once. */
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (batch: MadeBatch) => void;
  readonly reject: (error: Error) => void;
}

/** @param heapMegabytes - its largest heap; Node's own if left out. */
export function startBatchThread(job: BatchJob, heapMegabytes: number | undefined): BatchThread {
  const entry = createRequire(import.meta.url).resolve('@cpc/core/node/batch-worker');
  const worker = new Worker(entry, { workerData: job, ...threadArguments(), ...heapLimit(heapMegabytes) });
  const waiting = new Map<number, Waiting>();
  let requests = 0;
  let end: Error | undefined;
  const take = (id: number): Waiting | undefined => {
    const request = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref(); // idle, it does not keep the process alive
    return request;
  };
  const finish = (error: Error) => {
    end ??= error;
    for (const id of [...waiting.keys()]) take(id)?.reject(end);
  };
  worker.on('message', (reply: BatchReply) => {
    if (reply.type === 'made') take(reply.id)?.resolve(reply.batch);
    else take(reply.id)?.reject(restoreError(reply.error));
  });
  worker.on('messageerror', (error) => finish(ended(error.message)));
  worker.on('error', (error) => finish(ended(reasonOf(error))));
  worker.on('exit', (code) => finish(ended(`exit code ${code}`)));
  worker.unref();
  return {
    waiting: () => waiting.size,
    hasEnded: () => end !== undefined,
    batch: (seed, step) =>
      new Promise((resolve, reject) => {
        if (end !== undefined) return reject(end);
        const request: BatchRequest = { id: requests++, seed, step };
        waiting.set(request.id, { resolve, reject });
        worker.ref();
        worker.postMessage(request);
      }),
    close: async () => {
      finish(ended('it was closed'));
      await worker.terminate();
    },
  };
}

function reasonOf(error: unknown): string {
  const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (isMemory) return 'its heap reached its limit';
  return error instanceof Error ? error.message : String(error);
}

function ended(reason: string): CpcError {
  return new CpcError({
    where: 'batch worker',
    expected: 'a thread that makes batches until training ends',
    received: `its early end: ${reason}`,
    fix: 'Make batches in the training thread (0 workers) to see what fails there, or with fewer workers if memory ran out.',
  });
}

function heapLimit(megabytes: number | undefined): WorkerOptions {
  return megabytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: megabytes } };
}

const sourceCondition = '@cpc/source';

/** In this repository that condition stands for TypeScript sources, which a thread cannot run: it gets the built files. */
function threadArguments(): WorkerOptions {
  const isSource = (argument: string, index: number, all: readonly string[]) =>
    argument.endsWith(`=${sourceCondition}`) || [argument, all[index + 1]].includes(sourceCondition);
  const execArgv = process.execArgv.filter((...place) => !isSource(...place));
  return execArgv.length === process.execArgv.length ? {} : { execArgv };
}
