/** What every command is given. */
import type { Output } from '../terminal/output.js';

export interface Context {
  readonly output: Output;
  /** The words after `cpc`, as typed. */
  readonly typed: readonly string[];
}

/** Work that was asked for, with its options already checked; resolves to the exit code. */
export type Job = () => Promise<number>;
