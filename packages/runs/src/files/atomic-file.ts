/**
 * Files that are either the old or the new, whole, whatever happens in between: a crash, a kill, a full disk.
 *
 * Written under a temporary name in the same folder, synced, renamed; then the folder is synced, so that the new name
 * outlives a power cut too.
 */
import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { namingFile } from '@cpc/base/node';
import { fateOfText, markText, ownMark, type ProcessMark } from '../run-folder/process-mark.js';
import { temporaryBegins, temporaryIsGone } from '../threads/ending-threads.js';
import { isOld } from './old-file.js';
import { isMissing } from './regular-file.js';
import { syncFile } from './synced.js';

/** The last part is a process mark and 7 random digits; in those of earlier versions, a UUID. */
const temporaryName = /^\..+\.([0-9a-f-]{28})([0-9a-f-]{8})\.tmp$/;

/** A file being written part by part: nobody sees it before `commit`. */
export interface AtomicFile {
  /** Appends. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Waits until all is on the disk, after the last write: what is left to `commit` is to give the file its name. */
  readonly settle: () => Promise<void>;
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
  const temporary = join(dirname(path), await temporaryNameOf(path));
  temporaryBegins(temporary);
  const handle = await namingFile(path, () => open(temporary, 'wx'));
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  const settle = async () => {
    if (isOpen) await syncFile(handle);
    await close();
  };
  return {
    write: (bytes) => namingFile(path, () => handle.writeFile(bytes)), // from where the last one ended
    settle: () => namingFile(path, settle),
    commit: () =>
      namingFile(path, async () => {
        await settle();
        await rename(temporary, path);
        temporaryIsGone(temporary);
        await syncFolder(dirname(path));
      }),
    abandon: async () => {
      await close();
      await rm(temporary, { force: true });
      temporaryIsGone(temporary);
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

/** Names the process, so that another one can tell whether the file was left behind by a kill. */
async function temporaryNameOf(path: string): Promise<string> {
  const random = randomBytes(4).toString('hex').slice(1);
  return `.${basename(path)}.${markText(await ownMark())}-${random}.tmp`;
}

/**
 * Deletes what killed writers left in a folder. Files of living processes stay; those of processes that cannot be asked, such as of
 * another container, stay for a week.
 *
 * @param silent - processes that count as gone.
 */
export async function removeTemporaryFiles(folder: string, silent: readonly ProcessMark[] = []): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const own = await ownMark();
  const gone = silent.map(markText);
  await Promise.all(
    names.map(async (name) => {
      const mark = temporaryName.exec(name)?.[1];
      if (mark === undefined) return;
      const path = join(folder, name);
      if (gone.includes(mark) || (await isLeftBehind(mark, path, own))) await rm(path, { force: true });
    }),
  );
}

async function isLeftBehind(mark: string, path: string, own: ProcessMark): Promise<boolean> {
  const fate = await fateOfText(mark, own);
  return fate === 'unknown' ? isOld(path) : fate !== 'alive';
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
