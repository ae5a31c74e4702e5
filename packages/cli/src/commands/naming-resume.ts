/** Work that an error of the system ended and that can be resumed: the error ends with the command to type. */
import { systemErrorIn, WorkerJobError } from '@cpc/base/node';
import { WorkError } from '../errors.js';

/** @param command - what resumes the work; undefined if there is nothing to resume yet. Asked once it has failed. */
export async function namingResume<Result>(
  command: () => string | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isOfTheSystem(error) ? withCommand(error, command()) : error;
  }
}

function isOfTheSystem(error: unknown): boolean {
  return error instanceof WorkerJobError ? error.systemCode !== undefined : systemErrorIn(error) !== undefined;
}

function withCommand(error: unknown, command: string | undefined): unknown {
  if (command === undefined || !(error instanceof Error)) return error;
  const named = new WorkError(`${error.message}\nTo resume:\n  ${command}`);
  if (error.stack !== undefined) named.stack = error.stack;
  return named;
}
