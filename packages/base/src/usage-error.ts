/** The error of a command line that cannot work. */
const marker = Symbol.for('@cpc/base.UsageError');

/** The command was called in a way that cannot work. The command `cpc` exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly [marker] = true;

  /** @param helpCommand - what to type to read more, such as `cpc audio train --help`. */
  constructor(
    message: string,
    readonly helpCommand?: string,
  ) {
    super(message);
  }

  /** True for any UsageError, also one made by a second copy of this package. */
  static isInstance(error: unknown): error is UsageError {
    return error instanceof Error && marker in error;
  }
}
