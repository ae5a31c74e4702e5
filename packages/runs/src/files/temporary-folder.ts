/**
 * Folders of intermediate files. A killed process leaves its folder behind; the next one that makes such a folder deletes it, which it
 * can because the name says whose it is.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fateOfText, markText, ownMark } from '../run-folder/process-mark.js';
import { temporaryBegins } from '../threads/ending-threads.js';

const mark = '[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{10}';

/**
 * A new folder in the system's folder of temporary files. Those of the same prefix whose processes are gone are deleted; those of
 * living processes, and of other containers or machines, stay.
 *
 * @param prefix - such as `cpc-text-`.
 * @returns its path; the caller deletes it when it is done.
 */
export async function createTemporaryFolder(prefix: string): Promise<string> {
  await removeLeftFolders(prefix).catch(() => undefined); // they only take room
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${markText(await ownMark())}-`));
  temporaryBegins(folder);
  return folder;
}

async function removeLeftFolders(prefix: string): Promise<void> {
  const own = await ownMark();
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const owner = new RegExp(`^(${mark})-[A-Za-z0-9]{6}$`).exec(name.slice(prefix.length))?.[1];
    const isLeft = owner !== undefined && (await fateOfText(owner, own)) === 'gone';
    if (isLeft) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}
