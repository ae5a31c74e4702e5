/** Files that are not used, and why. */

export interface SkippedFile {
  /** Relative to the folder that was named, with `/`. */
  readonly path: string;
  readonly reason: string;
}

/** Files that are named in warnings before the rest is only counted. */
const namedFiles = 10;

/**
 * Warnings about skipped files: the first ten by name, then a count.
 *
 * @example
 * skippedInWords([{ path: 'a.wav', reason: 'an empty file' }]); // ['skipped a.wav: an empty file']
 */
export function skippedInWords(skipped: readonly SkippedFile[]): string[] {
  const named = skipped.slice(0, namedFiles).map(({ path, reason }) => `skipped ${path}: ${reason}`);
  const others = skipped.length - named.length;
  return others === 0 ? named : [...named, `skipped ${others} more files; ${skipped.length} in all`];
}
