/** What the main thread and a worker say to one another. */
import type { WorkerError } from '@cpc/base/node';

/** A function of a module, such as `domainCommands.commands.train.run`, and what to call it with. */
export interface WorkerJob {
  /** URL of a module that exports an object `object`. */
  readonly module: string;
  readonly object: string;
  /** One of its functions `(request, control) => AsyncGenerator`, such as `commands.train.run`; an entry of a list goes by its `name`. */
  readonly method: string;
  /** A plain value. */
  readonly request: unknown;
}

export interface WorkerInput {
  readonly job: WorkerJob;
  /** One int32: 1 asks the work to stop. Shared, because a message would wait until the work yields the thread. */
  readonly stopFlag: SharedArrayBuffer;
  /** One int32; see `ThreadGuard`. */
  readonly unfinished: SharedArrayBuffer;
  /** Threads that were ended before: what they held is free. */
  readonly endedThreads: readonly number[];
}

export type WorkerMessage =
  | { readonly type: 'event'; readonly event: unknown }
  /** A temporary file or folder, which is deleted where the thread is ended before it says that it is gone. */
  | { readonly type: 'temporary'; readonly path: string; readonly exists: boolean }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: WorkerError };
