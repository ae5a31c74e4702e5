/** Entry of the worker thread: runs one job and posts its events. */
import { parentPort, workerData } from 'node:worker_threads';
import { describeError } from '@cpc/base/node';
import type { Control } from '../commands/command.js';
import { markThreadsEnded } from '../run-folder/run-lock.js';
import { guardThread } from './ending-threads.js';
import type { WorkerInput, WorkerMessage } from './worker-messages.js';

type Method = (request: unknown, control: Control) => AsyncIterable<unknown>;

async function work({ job, stopFlag, unfinished, endedThreads }: WorkerInput): Promise<void> {
  guardThread({
    unfinished: new Int32Array(unfinished),
    report: (path, exists) => post({ type: 'temporary', path, exists }),
  });
  markThreadsEnded(endedThreads);
  const flag = new Int32Array(stopFlag);
  const exported: Record<string, unknown> = await import(job.module);
  const method = [job.object, ...job.method.split('.')].reduce<unknown>(memberOf, exported);
  if (!isMethod(method)) throw new Error(`worker: ${job.module} has no function ${job.object}.${job.method}`);
  for await (const event of method(job.request, { stopRequested: () => Atomics.load(flag, 0) === 1 }))
    post({ type: 'event', event });
}

/** In a list, the entry of that name. */
function memberOf(owner: unknown, name: string): unknown {
  if (Array.isArray(owner)) return owner.find((entry: { readonly name?: unknown }) => entry.name === name);
  return typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined;
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

work(workerData).then(
  () => post({ type: 'done' }),
  (error: unknown) => post({ type: 'failed', error: describeError(error) }),
);
