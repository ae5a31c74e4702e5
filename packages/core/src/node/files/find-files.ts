/**
 * Which files of a folder are data: one rule for recordings, images and text.
 *
 * - Hidden names (they begin with a dot: `.ipynb_checkpoints`, AppleDouble's `._a.wav`) and what archives and file managers
 *   add (`__MACOSX`) are not data, unless the user names such a folder itself.
 * - Links to files and folders are followed, and each real path is read once: loops end. A file that can be reached by a path
 *   without links goes by that path, otherwise by the first link in order.
 * - Endings are compared in lower case.
 * - What cannot be read, and files of a kind that the caller names as not read, are listed as skipped.
 *
 * Knows names only; no file is opened.
 */
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { CpcError } from '../../errors.js';
import type { SkippedFile } from '../../skipped-file.js';

export interface FoundFile {
  /** Relative to the folder, with `/` and its ending. */
  readonly name: string;
  /** To open it by. */
  readonly path: string;
  readonly bytes: number;
}

export interface FoundFiles {
  /** In ascending order of name, by UTF-16 code units. */
  readonly files: readonly FoundFile[];
  /** In the same order. */
  readonly skipped: readonly SkippedFile[];
  /** True if a single file was named. */
  readonly isFile: boolean;
}

export interface FindFilesOptions {
  /** What the files are, for errors, such as `recordings`. */
  readonly contents: string;
  /** In lower case with the dot, such as `.wav`. */
  readonly endings: readonly string[];
  /** Endings of files that are data of the same sort and cannot be read: they are listed as skipped instead of passed over. */
  readonly otherEndings?: readonly string[];
}

/**
 * Files below a folder, at any depth; or the one file that is named, whatever its ending.
 *
 * @param root - a folder or a file.
 * @throws {CpcError} if there is no such folder or file, it cannot be read, or it is neither.
 *
 * @example
 * const { files, skipped } = await findFiles('speech', { contents: 'recordings', endings: ['.wav', '.flac'], otherEndings: ['.mp3'] });
 */
export async function findFiles(root: string, options: FindFilesOptions): Promise<FoundFiles> {
  const expected = `a folder of ${options.contents}, or one of them`;
  const info = await stat(root).catch((cause: unknown) => {
    throw new CpcError({ where: root, expected, received: reasonOf(cause), cause });
  });
  if (info.isFile()) return oneFile(root, info);
  if (info.isDirectory()) return walk(resolve(root), root, options);
  throw new CpcError({ where: root, expected, received: kindOf(info) });
}

/** By UTF-16 code units: the same on every machine. */
function inOrder(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function oneFile(path: string, { size }: Stats): FoundFiles {
  return { files: [{ name: basename(path), path: resolve(path), bytes: size }], skipped: [], isFile: true };
}

/** What a walk has found so far. */
interface Walk extends FindFilesOptions {
  readonly root: string;
  readonly files: FoundFile[];
  readonly skipped: SkippedFile[];
  /** Real paths of folders and files. */
  readonly seen: Set<string>;
  /** Names of links, looked at when all else is found. */
  readonly links: string[];
}

async function walk(root: string, asNamed: string, options: FindFilesOptions): Promise<FoundFiles> {
  const found: Walk = { ...options, root, files: [], skipped: [], seen: new Set([await realpath(root)]), links: [] };
  await addFolder(found, '').catch((cause: unknown) => {
    throw new CpcError({ where: asNamed, expected: 'a folder that can be read', received: reasonOf(cause), cause });
  });
  while (found.links.length > 0) {
    for (const link of found.links.splice(0).sort(inOrder)) await addTarget(found, link);
  }
  found.files.sort((left, right) => inOrder(left.name, right.name));
  found.skipped.sort((left, right) => inOrder(left.path, right.path));
  return { files: found.files, skipped: found.skipped, isFile: false };
}

async function addFolder(found: Walk, folder: string): Promise<void> {
  const entries = await readdir(join(found.root, folder), { withFileTypes: true });
  for (const entry of entries) {
    if (isAside(entry.name)) continue;
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isSymbolicLink()) found.links.push(name);
    else if (entry.isDirectory() || isWanted(found, name)) await addTarget(found, name);
  }
}

/** Hidden, or added by an archive or a file manager. */
function isAside(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX' || name === '@eaDir';
}

function isWanted({ endings, otherEndings = [] }: FindFilesOptions, name: string): boolean {
  const ending = extname(name).toLowerCase();
  return endings.includes(ending) || otherEndings.includes(ending);
}

/** A file, folder or link by its name. */
async function addTarget(found: Walk, name: string): Promise<void> {
  const path = join(found.root, name);
  try {
    const info = await stat(path);
    if (!info.isDirectory() && !isWanted(found, name)) return;
    if (!isNew(found, await realpath(path))) return;
    if (info.isDirectory()) await addFolder(found, name);
    else addFile(found, name, path, info);
  } catch (error) {
    found.skipped.push({ path: name, reason: reasonOf(error) });
  }
}

function isNew({ seen }: Walk, path: string): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  return true;
}

function addFile({ files, skipped, endings }: Walk, name: string, path: string, info: Stats): void {
  const ending = extname(name).toLowerCase();
  if (!info.isFile()) skipped.push({ path: name, reason: `it is ${kindOf(info)}, not a file` });
  else if (!endings.includes(ending)) skipped.push({ path: name, reason: `files ending in ${ending} are not read` });
  else files.push({ name, path, bytes: info.size });
}

function kindOf(info: Stats): string {
  if (info.isDirectory()) return 'a folder';
  if (info.isFIFO()) return 'a named pipe';
  if (info.isSocket()) return 'a socket';
  return 'a device';
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['ENOTDIR', 'no such file or folder'],
  ['EACCES', 'no permission to read it'],
  ['EPERM', 'no permission to read it'],
  ['ELOOP', 'a link that leads to itself'],
  ['ENAMETOOLONG', 'a path that is too long'],
]);

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons.get(code) ?? (error instanceof Error ? error.message : String(error));
}
