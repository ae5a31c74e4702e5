/** What ends the command, and with which exit code. */

export const exitCodes = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** The command was called in a way that cannot work: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** @param helpCommand - what to type to read more, such as `cpc audio train --help`. */
  constructor(
    message: string,
    readonly helpCommand?: string,
  ) {
    super(message);
  }
}

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

/** Looks at any error. Loads @cpc/core only for errors that may come from there. */
export async function describeError(thrown: unknown): Promise<DescribedError> {
  const { describedSystemError } = await import('@cpc/core/node');
  const error = describedSystemError(thrown);
  if (!(error instanceof Error))
    return { message: String(error), isExpected: false, isWrongUse: false, stack: String(error) };
  const stack = error.stack ?? error.message;
  return {
    message: error.message,
    isExpected: await isExpectedError(error),
    isWrongUse: await isWrongUse(error),
    stack,
  };
}

/** Of an error that names an option as what is wrong, too. */
async function isWrongUse(error: Error): Promise<boolean> {
  if (error instanceof UsageError) return true;
  const { CpcArgumentError } = await import('@cpc/core');
  const { WorkerJobError } = await import('@cpc/core/node');
  if (error instanceof WorkerJobError) return error.option !== undefined;
  return CpcArgumentError.isInstance(error) && error.argument.startsWith('--');
}

async function isExpectedError(error: Error): Promise<boolean> {
  if (error instanceof UsageError || error instanceof WorkError) return true;
  const { CpcError } = await import('@cpc/core');
  const { WorkerJobError } = await import('@cpc/core/node');
  const { RecordError } = await import('@cpc/records');
  return (
    CpcError.isInstance(error) || RecordError.isInstance(error) || (error instanceof WorkerJobError && error.expected)
  );
}
