/** Files that are not used, and why: as warnings, and as the error of `--strict`. */
import { CpcError } from './errors.js';
import { someOf } from './some-of.js';

export interface SkippedFile {
  /** Relative to the folder that was named, with `/`. */
  readonly path: string;
  readonly reason: string;
}

/** Reasons that are shown; the files of the others are only counted. */
const shownReasons = 10;
/** Files that are named for one reason. */
const namedFiles = 3;

/**
 * Warnings about skipped files, one for each reason, with the first three files by name. However many files are skipped, there are
 * at most 11 warnings.
 *
 * @example
 * skippedInWords([{ path: 'a.wav', reason: 'an empty file' }]); // ['skipped a.wav: an empty file']
 */
export function skippedInWords(skipped: readonly SkippedFile[]): string[] {
  const groups = [...filesByReason(skipped)];
  const shown = groups.slice(0, shownReasons);
  const others = skipped.length - shown.reduce((sum, [, paths]) => sum + paths.length, 0);
  const sentences = shown.map(([reason, paths]) => sentenceOf(reason, paths));
  return others === 0 ? sentences : [...sentences, `skipped ${others} more files; ${skipped.length} in all`];
}

/**
 * With `--strict`, a file that would be skipped is an error.
 *
 * @param where - the data that the user named.
 * @throws {CpcError} if any file is skipped; it names the first three for each reason.
 */
export function refuseSkippedFiles(where: string, skipped: readonly SkippedFile[]): void {
  if (skipped.length === 0) return;
  throw new CpcError({
    where,
    expected: 'every file of the data to be usable, as --strict asks',
    received: `${skipped.length} that ${skipped.length === 1 ? 'is' : 'are'} not (${skippedInWords(skipped).join('; ')})`,
    fix: 'Repair, move or delete them, or run without --strict to skip them.',
  });
}

function filesByReason(skipped: readonly SkippedFile[]): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { path, reason } of skipped) {
    const paths = groups.get(reason) ?? [];
    paths.push(path);
    groups.set(reason, paths);
  }
  return groups;
}

function sentenceOf(reason: string, paths: readonly string[]): string {
  const [first = ''] = paths;
  if (paths.length > 1) return `skipped ${paths.length} files (${reason}): ${someOf(paths, namedFiles)}`;
  return reason.startsWith(`${first}: `) ? `skipped ${reason}` : `skipped ${first}: ${reason}`;
}
