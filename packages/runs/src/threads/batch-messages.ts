/** What the training thread asks of a thread that makes batches. */

/** Whose batches to make: a function of a module, and what to call it with. */
export interface BatchJob {
  /** URL of a module that Node can load as it is: no TypeScript. */
  readonly module: string;
  /** One of its exports, `(request) => BatchMaker`, or a promise of one: it opens the data. */
  readonly open: string;
  /** A plain value: it crosses into the threads. */
  readonly request: unknown;
}

/** Answered with a `MadeBatch`. */
export interface BatchRequest {
  readonly seed: number;
  readonly step: number;
}
