const marker = Symbol.for('@cpc/compile.CompileError');

/**
 * What this package throws on wrong use: says where, what was expected, what came and what to do.
 *
 * @example
 * try { trace(fn, inputs); } catch (error) { if (CompileError.isInstance(error)) console.error(error.message); }
 */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly [marker] = true;

  /** True for any CompileError, also one made by a second copy of this package. */
  static isInstance(error: unknown): error is CompileError {
    return error instanceof Error && marker in error;
  }
}
