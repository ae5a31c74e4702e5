/**
 * Files that are either the old or the new, whole, whatever happens in between: a crash, a kill, a full disk.
 *
 * Written under a temporary name in the same folder, synced, renamed; then the folder is synced, so that the new name
 * outlives a power cut too.
 */
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isMissing } from './files/regular-file.js';
import { syncFile } from './files/synced.js';
import { namingFile } from './system-errors.js';

const temporaryName = /^\..+\.[0-9a-f-]{36}\.tmp$/;

/** A file being written part by part: nobody sees it before `commit`. */
export interface AtomicFile {
  /** Appends. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Puts what was written in the place of what stood under the path. */
  readonly commit: () => Promise<void>;
  /** Throws away what was written; does nothing after `commit`. */
  readonly abandon: () => Promise<void>;
}

/**
 * Begins a file that will stand at `path` once it is committed; until then what is there stays.
 *
 * @throws the system's error with `path`, here if the folder is missing or cannot be written to.
 *
 * @example
 * const file = await createAtomicFile('latents.npy');
 * try {
 *   for (const part of parts) await file.write(part);
 *   await file.commit();
 * } finally {
 *   await file.abandon();
 * }
 */
export async function createAtomicFile(path: string): Promise<AtomicFile> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  const handle = await namingFile(path, () => open(temporary, 'wx'));
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    write: (bytes) => namingFile(path, () => handle.writeFile(bytes)), // from where the last one ended
    commit: () =>
      namingFile(path, async () => {
        await syncFile(handle);
        await close();
        await rename(temporary, path);
        await syncFolder(dirname(path));
      }),
    abandon: async () => {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

/**
 * Replaces `path` by a file with these contents, or leaves it as it was and throws the system's error.
 *
 * @param contents - bytes, or text to be written as UTF-8.
 */
export async function writeFileAtomically(path: string, contents: Uint8Array | string): Promise<void> {
  const file = await createAtomicFile(path);
  try {
    await file.write(typeof contents === 'string' ? new TextEncoder().encode(contents) : contents);
    await file.commit();
  } finally {
    await file.abandon();
  }
}

/** Deletes what killed writers left in a folder. Nobody may be writing there meanwhile. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  await Promise.all(
    names.filter((name) => temporaryName.test(name)).map((name) => rm(join(folder, name), { force: true })),
  );
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there, and renames are journalled
  const handle = await open(folder, 'r');
  try {
    await syncFile(handle);
  } finally {
    await handle.close();
  }
}
