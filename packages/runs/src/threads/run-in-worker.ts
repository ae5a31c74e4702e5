/**
 * Runs long work in a thread of its own, so that this one stays live for signals, progress and input: a step of ONNX
 * Runtime holds its thread for as long as it computes.
 */
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { disableTelemetry, threadArguments, WorkerJobError } from '@cpc/base/node';
import { markThreadsEnded, threadsEnded } from '../run-folder/run-lock.js';
import { mayBeEnded } from './ending-threads.js';
import type { WorkerInput, WorkerJob, WorkerMessage } from './worker-messages.js';

export interface RunInWorkerOptions {
  /**
   * Aborting asks the work to stop after its current unit; the events until then still come. Work that has not stopped 1 s later is ended,
   * and its temporary files are deleted, unless it holds a lock, as a training does once its run folder is open: that saves and ends by
   * itself.
   */
  readonly signal?: AbortSignal;
}

/** How long work may take to stop by itself, and how often it is then looked at. */
const patienceMilliseconds = 1000;
const lookMilliseconds = 50;
/** A thread that was ended runs no more of its program, but waits for what a native decoder is at: longer than this, nobody waits with it. */
const nativeMilliseconds = 200;

/**
 * The events of a job. Leaving the loop early ends the thread at once.
 *
 * @throws {WorkerJobError} what the job threw, with its message and stack.
 *
 * @example
 * for await (const event of runInWorker<TrainingEvent>({ module, object: 'domainCommands', method: 'commands.train.run', request })) show(event);
 */
export async function* runInWorker<Event>(
  job: WorkerJob,
  { signal }: RunInWorkerOptions = {},
): AsyncGenerator<Event, void, undefined> {
  disableTelemetry(); // the thread cannot
  const [stopFlag, unfinished] = [new SharedArrayBuffer(4), new SharedArrayBuffer(4)];
  const input: WorkerInput = { job, stopFlag, unfinished, endedThreads: threadsEnded() };
  const worker = new Worker(createRequire(import.meta.url).resolve('@cpc/runs/worker'), {
    workerData: input,
    ...threadArguments(),
  });
  const { threadId } = worker; // gone once it has ended
  const left = new Set<string>();
  const ending = new AbortController();
  const messages = messagesOf(worker, ending.signal);
  let timer: NodeJS.Timeout | undefined;
  const endWherePossible = () => {
    if (mayBeEnded(new Int32Array(unfinished))) ending.abort();
    else timer = setTimeout(endWherePossible, lookMilliseconds);
  };
  const stop = () => {
    Atomics.store(new Int32Array(stopFlag), 0, 1);
    timer = setTimeout(endWherePossible, patienceMilliseconds);
  };
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop);
  try {
    for await (const message of messages) {
      if (message.type === 'done') return;
      if (message.type === 'failed') throw new WorkerJobError(message.error);
      if (message.type === 'event') yield message.event as Event;
      else if (message.exists) left.add(message.path);
      else left.delete(message.path);
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    clearTimeout(timer);
    const ended = worker.terminate();
    await (ending.signal.aborted ? Promise.race([ended, sleep(nativeMilliseconds)]) : ended); // nothing of it is to come
    markThreadsEnded([threadId]);
    for (const path of left) await rm(path, { recursive: true, force: true }).catch(() => undefined); // they only take room
  }
}

/** Messages in order; ends with an error if the thread dies without a last word, unless it is being ended on purpose. */
async function* messagesOf(worker: Worker, ending: AbortSignal): AsyncGenerator<WorkerMessage, void, undefined> {
  const waiting: WorkerMessage[] = [];
  let wake: () => void = () => undefined;
  let failure: Error | undefined;
  ending.addEventListener('abort', () => wake());
  worker.on('message', (message: WorkerMessage) => {
    waiting.push(message);
    wake();
  });
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
    wake();
  });
  worker.on('exit', (code) => {
    failure ??= new Error(`the worker thread ended with code ${code} before its work was done`);
    wake();
  });
  for (;;) {
    const message = waiting.shift();
    if (message !== undefined) yield message;
    else if (ending.aborted) return;
    else if (failure !== undefined) throw failure;
    else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}
