/** Folders, with those above them. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it; does nothing if it is there.
 *
 * @throws the system's error. On a read-only disk, Node's own way reports that the folder does not exist.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    await makeOne(path);
    throw error;
  }
}

/** Makes the outermost that is missing, for its error. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const isBelowMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isBelowMissing || dirname(path) === path) throw error;
    await makeOne(dirname(path));
  }
}
