/** What the training thread and a thread that makes batches say to one another. */
import type { MadeBatch } from '../training/batches.js';
import type { WorkerError } from './worker-errors.js';

/** Whose batches to make: a function of a module, and what to call it with. */
export interface BatchJob {
  /** URL of a module that Node can load as it is: no TypeScript. */
  readonly module: string;
  /** One of its exports, `(request) => BatchMaker`, or a promise of one: it opens the data. */
  readonly open: string;
  /** A plain value: it crosses into the threads. */
  readonly request: unknown;
}

export interface BatchRequest {
  readonly id: number;
  readonly seed: number;
  readonly step: number;
}

export type BatchReply =
  | { readonly type: 'made'; readonly id: number; readonly batch: MadeBatch }
  | { readonly type: 'failed'; readonly id: number; readonly error: WorkerError };
