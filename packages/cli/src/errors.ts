/** What ends the command, and with which exit code. */
import { CpcArgumentError, CpcError, RecordError, UsageError } from '@cpc/base';
import { describedSystemError, WorkerJobError } from '@cpc/base/node';

export const exitCodes = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** The work could not be done, for a reason that its message tells: exit code 1. */
export class WorkError extends Error {
  override readonly name = 'WorkError';
}

/** An error in words: the message, and whether it was meant for the person to read. */
export interface DescribedError {
  readonly message: string;
  readonly isExpected: boolean;
  /** The command line is what has to be changed: exit code 2. */
  readonly isWrongUse: boolean;
  readonly stack: string;
}

/** Looks at any error. */
export function describeError(thrown: unknown): DescribedError {
  const error = describedSystemError(thrown);
  if (!(error instanceof Error))
    return { message: String(error), isExpected: false, isWrongUse: false, stack: String(error) };
  const stack = error.stack ?? error.message;
  return { message: error.message, isExpected: isExpectedError(error), isWrongUse: isWrongUse(error), stack };
}

/** Of an error that names an option as what is wrong, too. */
function isWrongUse(error: Error): boolean {
  if (UsageError.isInstance(error)) return true;
  if (error instanceof WorkerJobError) return error.option !== undefined;
  return CpcArgumentError.isInstance(error) && error.argument.startsWith('--');
}

function isExpectedError(error: Error): boolean {
  if (UsageError.isInstance(error) || error instanceof WorkError) return true;
  if (error instanceof WorkerJobError) return error.expected;
  return CpcError.isInstance(error) || RecordError.isInstance(error);
}
