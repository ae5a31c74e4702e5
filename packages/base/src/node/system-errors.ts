/**
 * Errors of the operating system as errors for a person: which file, what happened, what to do.
 *
 * They are turned into a `CpcError` once, where an error leaves a thread or the command. A write to an open file fails without a path;
 * whoever opened the file adds it by `namingFile`.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CpcError } from '../errors.js';
import { reasonOf, type SystemErrorWords } from './system-error-words.js';

/** What the operating system reports: `ENOSPC`, the call, and mostly the path. */
export interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly dest?: string;
  readonly syscall?: string;
}

/** True for an error of the operating system, such as a full disk, and for files that are too large for Node. */
export function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return /^E[A-Z0-9]+$/.test(error.code) ? 'syscall' in error || 'errno' in error : nodeLimits.includes(error.code);
}

/** Limits of Node that a file of the user can exceed. */
const nodeLimits = ['ERR_FS_FILE_TOO_LARGE', 'ERR_STRING_TOO_LONG', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_FS_EISDIR'];

/**
 * The error of the operating system that an error is, or was made from.
 *
 * @returns undefined if there is none.
 */
export function systemErrorIn(error: unknown): SystemError | undefined {
  if (isSystemError(error)) return error;
  if (CpcError.isInstance(error)) return systemErrorIn(error.cause);
  return error instanceof AggregateError ? error.errors.find(isSystemError) : undefined;
}

/**
 * An error of the operating system as a `CpcError`; every other value as it is.
 *
 * @example
 * describedSystemError(error).message;
 * // runs/first/metrics.jsonl: expected free space on the disk, received a full disk (ENOSPC). Free some space …
 */
export function describedSystemError(error: unknown): unknown {
  if (CpcError.isInstance(error)) return error;
  const found = systemErrorIn(error);
  if (found === undefined) return error;
  const { expected, received, fix } = wordsOf(found);
  return new CpcError({ where: placeOf(found), expected, received: `${received} (${found.code})`, fix, cause: found });
}

/**
 * Does something with a file. An error of the operating system then carries this path, whatever name it had before: none, or that of a
 * temporary file.
 */
export async function namingFile<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    if (isSystemError(error)) Object.assign(error, { path, dest: undefined });
    throw error;
  }
}

function placeOf({ path, dest, syscall, code }: SystemError): string {
  if (syscall === 'uv_cwd') return 'working directory';
  const place = dest ?? path;
  if (typeof place === 'string' && place !== '') return place;
  return syscall === undefined ? code : `system call ${syscall}`;
}

function wordsOf(error: SystemError): SystemErrorWords {
  const words = reasonOf(error);
  if (error.syscall === 'uv_cwd')
    return { ...words, expected: 'a folder that exists', fix: 'Change to another folder.' };
  return isTemporary(error) ? { ...words, fix: temporaryFix(error) } : words;
}

/** Our own folder of intermediate files, which the user has not named. */
function isTemporary({ path, syscall }: SystemError): boolean {
  return syscall === 'mkdtemp' || path?.startsWith(join(tmpdir(), 'cpc-text-')) === true;
}

function temporaryFix({ code, syscall }: SystemError): string {
  const isMissing = code === 'ENOENT' && syscall === 'mkdtemp';
  if (isMissing) return `The folder of temporary files, ${tmpdir()}, does not exist. Set TMPDIR to one that does.`;
  return `The folder of temporary files is ${tmpdir()}. Set TMPDIR to another one.`;
}
