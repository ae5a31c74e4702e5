/**
 * Runs long work in a thread of its own, so that this one stays live for signals, progress and input: a step of ONNX
 * Runtime holds its thread for as long as it computes.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { disableTelemetry } from '@cpc/compile/node';
import { markThreadsEnded, threadsEnded } from './run-lock.js';
import type { WorkerError } from './worker-errors.js';
import type { WorkerInput, WorkerJob, WorkerMessage } from './worker-messages.js';

export interface RunInWorkerOptions {
  /** Aborting asks the work to stop after its current unit; the events until then still come. */
  readonly signal?: AbortSignal;
}

/** An error of a job, on this side of the threads. */
export class WorkerJobError extends Error {
  override readonly name = 'WorkerJobError';
  /** True if it was thrown on purpose and its message says what to do; false for a fault of the program. */
  readonly expected: boolean;
  /** Of an error that the operating system caused, such as `ENOSPC`. */
  readonly systemCode: string | undefined;
  /** The option that is wrong, such as `--out`, where the command line is what has to be changed. */
  readonly option: string | undefined;

  constructor({ message, stack, expected, systemCode, parts }: WorkerError) {
    super(message);
    this.stack = stack;
    this.expected = expected;
    this.systemCode = systemCode;
    this.option = parts?.argument?.startsWith('--') === true ? parts.argument : undefined;
  }
}

/**
 * The events of a job. Leaving the loop early ends the thread at once.
 *
 * @throws {WorkerJobError} what the job threw, with its message and stack.
 *
 * @example
 * for await (const event of runInWorker<TrainingEvent>({ module, object: 'domainCommands', method: 'train', request })) show(event);
 */
export async function* runInWorker<Event>(
  job: WorkerJob,
  { signal }: RunInWorkerOptions = {},
): AsyncGenerator<Event, void, undefined> {
  disableTelemetry(); // the thread cannot
  const stopFlag = new SharedArrayBuffer(4);
  const input: WorkerInput = { job, stopFlag, endedThreads: threadsEnded() };
  const worker = new Worker(createRequire(import.meta.url).resolve('@cpc/core/node/worker'), { workerData: input });
  const { threadId } = worker; // gone once it has ended
  const messages = messagesOf(worker);
  const stop = () => Atomics.store(new Int32Array(stopFlag), 0, 1);
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop);
  try {
    for await (const message of messages) {
      if (message.type === 'done') return;
      if (message.type === 'failed') throw new WorkerJobError(message.error);
      yield message.event as Event;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
    markThreadsEnded([threadId]);
  }
}

/** Messages in order; ends with an error if the thread dies without a last word. */
async function* messagesOf(worker: Worker): AsyncGenerator<WorkerMessage, void, undefined> {
  const waiting: WorkerMessage[] = [];
  let wake: () => void = () => undefined;
  let failure: Error | undefined;
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
    else if (failure !== undefined) throw failure;
    else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}
