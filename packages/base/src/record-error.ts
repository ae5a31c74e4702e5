/**
 * The one error this package throws: a text that is not the record it should be.
 */
const marker = Symbol.for('@cpc/records.RecordError');

/**
 * A record, metrics line or event that cannot be read or written. Its message says where, what was expected, what
 * came, and what to do.
 *
 * @example
 * try { parseRunRecord(text, path); } catch (error) { if (RecordError.isInstance(error)) console.error(error.message); }
 */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly [marker] = true;

  /** @param where - the file, or the file and line, that holds the text. */
  constructor(
    readonly where: string,
    message: string,
  ) {
    super(`${where}: ${message}`);
  }

  /** True for any RecordError, also one made by a second copy of this package. */
  static isInstance(error: unknown): error is RecordError {
    return error instanceof Error && marker in error;
  }
}
