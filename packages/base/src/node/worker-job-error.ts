/** The error that work in a worker thread ended with, as the main thread throws it. */
import type { WorkerError } from './worker-errors.js';

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
