/** Text files, with errors that name them. */
import { CpcError } from '@cpc/core';
import { readRegularTextIfThere } from '@cpc/runs';
import { DamagedFileError } from '../../data/damaged-file-error.js';

/**
 * The text of a file.
 *
 * @throws {DamagedFileError} if there is none, or it cannot be read.
 */
export async function readText(path: string): Promise<string> {
  const text = await readTextIfThere(path);
  if (text !== undefined) return text;
  throw new DamagedFileError({ where: path, kind: 'unreadable', expected: 'a file', received: 'none of that name' });
}

/**
 * The text of a file, or `undefined` if there is none.
 *
 * @throws {DamagedFileError} if it is there but cannot be read.
 */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readRegularTextIfThere(path);
  } catch (cause) {
    const received = CpcError.isInstance(cause) ? String(cause.received) : String(cause);
    throw new DamagedFileError({
      where: path,
      kind: 'unreadable',
      expected: 'a file that can be read',
      received,
      cause,
    });
  }
}
