/** The files of a folder that nobody reads, to count them. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemJunk } from './not-data.js';

export interface NamedFile {
  readonly name: string;
  /** Its real path, if the folder's is one. */
  readonly real: string;
}

/**
 * A file itself, or the files of a folder at any depth. Links are not followed, and folders that cannot be read have no files.
 *
 * @param name - what to call it.
 */
export async function filesWithin(name: string, real: string, entry: Dirent): Promise<NamedFile[]> {
  if (!entry.isDirectory()) return [{ name, real }];
  const entries = await readdir(real, { withFileTypes: true }).catch(() => []);
  const files: NamedFile[] = [];
  for (const each of entries) {
    if (isSystemJunk(each.name)) continue;
    files.push(...(await filesWithin(`${name}/${each.name}`, join(real, each.name), each)));
  }
  return files;
}
