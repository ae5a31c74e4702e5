/**
 * A thread that answers requests, seen from the thread that asks: requests go out, replies are matched to them, its end fails them all.
 *
 * Knows no work. The other side of it is `request-answers.ts`.
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { disableTelemetry } from './telemetry.js';
import { threadArguments } from './thread-arguments.js';
import { restoreError, type WorkerError } from './worker-errors.js';

export interface RequestThreadOptions {
  /** Path of the thread's module, which Node can load as it is: no TypeScript. */
  readonly entry: string;
  /** A plain value: its `workerData`. */
  readonly data: unknown;
  /** Its largest heap in MiB; Node's own if left out. */
  readonly heapMegabytes?: number | undefined;
  /** What requests fail with once the thread has ended, for the reason given in a few words. */
  readonly ended: (reason: string) => Error;
}

/** What goes out for a request, and what comes back. */
export interface NumberedRequest<Request> {
  readonly id: number;
  readonly request: Request;
}
export type NumberedReply<Reply> =
  | { readonly type: 'answered'; readonly id: number; readonly reply: Reply }
  | { readonly type: 'failed'; readonly id: number; readonly error: WorkerError };

export interface RequestThread<Request, Reply> {
  /** @param transfer - buffers of the request that the thread takes over. */
  readonly ask: (request: Request, transfer?: readonly ArrayBuffer[]) => Promise<Reply>;
  /** Requests that have not been answered. */
  readonly waiting: () => number;
  /** True once it answers no more: it was closed, or ended before its time. */
  readonly hasEnded: () => boolean;
  /** Ends the thread at once. */
  readonly close: () => Promise<void>;
}

interface Waiting<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a thread. While nothing is asked of it, it does not keep the process alive. */
export function startRequestThread<Request, Reply>(options: RequestThreadOptions): RequestThread<Request, Reply> {
  const { entry, data, heapMegabytes, ended } = options;
  disableTelemetry(); // the thread cannot
  const worker = new Worker(entry, { workerData: data, ...threadArguments(), ...heapLimit(heapMegabytes) });
  const waiting = new Map<number, Waiting<Reply>>();
  let requests = 0;
  let end: Error | undefined;
  const take = (id: number): Waiting<Reply> | undefined => {
    const request = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref(); // idle, it does not keep the process alive
    return request;
  };
  const finish = (reason: string) => {
    end ??= ended(reason);
    for (const id of [...waiting.keys()]) take(id)?.reject(end);
  };
  worker.on('message', (reply: NumberedReply<Reply>) => {
    if (reply.type === 'answered') take(reply.id)?.resolve(reply.reply);
    else take(reply.id)?.reject(restoreError(reply.error));
  });
  worker.on('messageerror', (error) => finish(error.message));
  worker.on('error', (error) => finish(reasonOf(error)));
  worker.on('exit', (code) => finish(`exit code ${code}`));
  worker.unref();
  return {
    waiting: () => waiting.size,
    hasEnded: () => end !== undefined,
    ask: (request, transfer = []) =>
      new Promise((resolve, reject) => {
        if (end !== undefined) return reject(end);
        const numbered: NumberedRequest<Request> = { id: requests++, request };
        waiting.set(numbered.id, { resolve, reject });
        worker.ref();
        worker.postMessage(numbered, transfer);
      }),
    close: async () => {
      finish('it was closed');
      await worker.terminate();
    },
  };
}

function reasonOf(error: unknown): string {
  const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (isMemory) return 'its heap reached its limit';
  return error instanceof Error ? error.message : String(error);
}

function heapLimit(megabytes: number | undefined): WorkerOptions {
  return megabytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: megabytes } };
}
