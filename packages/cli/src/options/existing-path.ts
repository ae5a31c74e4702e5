/** Paths that have to be there before work begins. */
import { existsSync } from 'node:fs';
import { UsageError } from '../errors.js';

/**
 * The path that was given to an option, such as `--data`.
 *
 * @throws {UsageError} if nothing is there.
 */
export function existingPath(option: string, path: string): string {
  if (existsSync(path)) return path;
  throw new UsageError(`${option} ${path}: does not exist.`);
}
