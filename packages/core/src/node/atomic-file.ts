/**
 * Files that are either the old or the new, whole, whatever happens in between: a crash, a kill, a full disk.
 *
 * Written under a temporary name in the same folder, synced, renamed; then the folder is synced, so that the new name
 * outlives a power cut too.
 */
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const temporaryName = /^\..+\.[0-9a-f-]{36}\.tmp$/;

/**
 * Replaces `path` by a file with these contents, or leaves it as it was and throws the system's error.
 *
 * @param contents - bytes, or text to be written as UTF-8.
 */
export async function writeFileAtomically(path: string, contents: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeSynced(temporary, contents);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Deletes what killed writers left in a folder. Nobody may be writing there meanwhile. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(
    names.filter((name) => temporaryName.test(name)).map((name) => rm(join(folder, name), { force: true })),
  );
}

async function writeSynced(path: string, contents: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there, and renames are journalled
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
