/** Paths that are looked at before work begins. */
import { accessSync, type BigIntStats, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { UsageError } from '@cpc/base';

/**
 * The path that was given to an option, such as `--data`.
 *
 * @throws {UsageError} if nothing is there, or it cannot be reached.
 */
export function existingPath(option: string, path: string): string {
  if (statusOf(option, path) !== undefined) return path;
  throw new UsageError(`${option} ${path}: does not exist.`);
}

/**
 * The path of a folder that is there, or can be made with those above it.
 *
 * @throws {UsageError} if something else is in its place, or in place of a folder above.
 */
export function folderPath(option: string, path: string): string {
  for (let place = resolve(path); ; place = dirname(place)) {
    const status = statusOf(option, place);
    if (status === undefined && place !== dirname(place)) continue;
    if (status?.isDirectory() !== false) return writablePath(option, path, place);
    throw new UsageError(`${option} ${path}: expected a folder, received a file: ${place}.`);
  }
}

function writablePath(option: string, path: string, folder: string): string {
  try {
    accessSync(folder, constants.W_OK);
    return path;
  } catch (error) {
    throw new UsageError(`${option} ${path}: ${folder} cannot be written to: ${reasonOf(error)}.`);
  }
}

function reasonOf(error: unknown): string {
  const { code, errno } = error as NodeJS.ErrnoException;
  const reason = getSystemErrorMap().get(errno ?? 0)?.[1] ?? String(error);
  return code === undefined ? reason : `${reason} (${code})`;
}

/** @returns undefined if nothing is there. */
function statusOf(option: string, path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true }); // the other kind, of a pipe, confuses Node's next realpathSync
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UsageError(`${option} ${path}: cannot be used: ${reasonOf(error)}.`);
  }
}
