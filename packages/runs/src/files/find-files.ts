/**
 * Which files of a folder are data: one rule for recordings, images and text.
 *
 * - Links to files and folders are followed, and each real path is read once: loops end. A file that can be reached by a path
 *   without links goes by that path, otherwise by the first link in order. A link to a folder around the data is not followed.
 * - Endings are compared in lower case.
 * - Hidden files, which would otherwise be data, are skipped, unless the user names them or their folder: see `not-data.ts`.
 * - What cannot be read, and files of a kind that the caller names as not read, are skipped too. All of them are listed.
 *
 * Knows names only; no file is opened.
 */
import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, resolve, sep } from 'node:path';
import type { SkippedFile } from '@cpc/base';
import { CpcError } from '@cpc/base';
import { filesWithin, type NamedFile } from './files-within.js';
import { isHidden, isSystemJunk } from './not-data.js';
import { unreadableReason } from './unreadable.js';

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
    throw new CpcError({ where: root, expected, received: unreadableReason(cause), cause });
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
  readonly realRoot: string;
  readonly files: FoundFile[];
  readonly skipped: SkippedFile[];
  /** Real paths of folders and files. */
  readonly seen: Set<string>;
  /** Names of links, looked at when all else is found. */
  readonly links: string[];
  readonly hidden: NamedFile[];
}

async function walk(root: string, asNamed: string, options: FindFilesOptions): Promise<FoundFiles> {
  const realRoot = await realpath(root);
  const found: Walk = {
    ...options,
    root,
    realRoot,
    files: [],
    skipped: [],
    seen: new Set([realRoot]),
    links: [],
    hidden: [],
  };
  await addFolder(found, '', realRoot).catch((cause: unknown) => {
    const received = unreadableReason(cause);
    throw new CpcError({ where: asNamed, expected: 'a folder that can be read', received, cause });
  });
  while (found.links.length > 0) {
    for (const link of found.links.splice(0).sort(inOrder)) await addLink(found, link);
  }
  found.skipped.push(...skippedAsHidden(found));
  found.files.sort((left, right) => inOrder(left.name, right.name));
  found.skipped.sort((left, right) => inOrder(left.path, right.path));
  return { files: found.files, skipped: found.skipped, isFile: false };
}

/** Entries whose files are looked at side by side. */
const together = 64;

/** @param real - the real path of the folder: of what is no link in it, the real path is known without asking. */
async function addFolder(found: Walk, folder: string, real: string): Promise<void> {
  const entries = await entriesOf(found, folder, real);
  for (let first = 0; first < entries.length; first += together) {
    await Promise.all(
      entries.slice(first, first + together).map(async (entry) => {
        const name = nameIn(folder, entry);
        if (entry.isSymbolicLink()) found.links.push(name);
        else if (!entry.isDirectory()) await addFile(found, name, join(real, entry.name));
      }),
    );
  }
  for (const entry of entries.filter((each) => each.isDirectory())) {
    await addFolderOnce(found, nameIn(folder, entry), join(real, entry.name));
  }
}

function nameIn(folder: string, { name }: Dirent): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** What may be data. */
async function entriesOf(found: Walk, folder: string, real: string): Promise<Dirent[]> {
  const entries = (await readdir(join(found.root, folder), { withFileTypes: true })).filter(
    ({ name }) => !isSystemJunk(name),
  );
  for (const entry of entries) {
    if (isHidden(entry.name))
      found.hidden.push(...(await filesWithin(nameIn(folder, entry), join(real, entry.name), entry)));
  }
  return entries.filter(({ name }) => !isHidden(name));
}

/** Hidden files that would be data by their endings, unless a link led to them. */
function skippedAsHidden({ hidden, seen, endings }: Walk): SkippedFile[] {
  return hidden
    .filter(({ name, real }) => endings.includes(endingOf(name)) && !seen.has(real))
    .map(({ name }) => ({ path: name, reason: 'hidden, by a name that begins with a dot' }));
}

function endingOf(name: string): string {
  return extname(name).toLowerCase();
}

function isWanted({ endings, otherEndings = [] }: FindFilesOptions, name: string): boolean {
  const ending = endingOf(name);
  return endings.includes(ending) || otherEndings.includes(ending);
}

/** Whatever is wrong with a file or folder is its reason to be skipped. */
async function orSkip(found: Walk, name: string, add: () => Promise<void>): Promise<void> {
  try {
    await add();
  } catch (error) {
    const reason = name.includes(replacement) ? 'a name that is not UTF-8' : unreadableReason(error);
    found.skipped.push({ path: name, reason });
  }
}

/** Stands for bytes that are no UTF-8: the file system does not know such a name. */
const replacement = '\uFFFD';

async function addLink(found: Walk, name: string): Promise<void> {
  await orSkip(found, name, async () => {
    const path = join(found.root, name);
    const isFolder = (await stat(path)).isDirectory();
    if (!isFolder && !isWanted(found, name)) return;
    const real = await realpath(path);
    if (!isFolder) await addFile(found, name, real);
    else if (isAround(real, found.realRoot))
      found.skipped.push({ path: name, reason: 'a link to a folder around the data' });
    else await addFolderOnce(found, name, real);
  });
}

/** True for a folder that the other one lies in, at any depth. */
function isAround(folder: string, inner: string): boolean {
  return inner.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function addFolderOnce(found: Walk, name: string, real: string): Promise<void> {
  if (isNew(found, real)) await orSkip(found, name, () => addFolder(found, name, real));
}

async function addFile(found: Walk, name: string, real: string): Promise<void> {
  if (!isWanted(found, name) || !isNew(found, real)) return;
  await orSkip(found, name, async () => {
    const path = join(found.root, name);
    const info = await stat(path);
    const reason = reasonToSkip(found, name, info);
    if (reason === undefined) found.files.push({ name, path, bytes: info.size });
    else found.skipped.push({ path: name, reason });
  });
}

function isNew({ seen }: Walk, real: string): boolean {
  if (seen.has(real)) return false;
  seen.add(real);
  return true;
}

function reasonToSkip({ endings }: Walk, name: string, info: Stats): string | undefined {
  if (!info.isFile()) return `${kindOf(info)}, not a file`;
  return endings.includes(endingOf(name)) ? undefined : `${endingOf(name)} files are not read`;
}

function kindOf(info: Stats): string {
  if (info.isDirectory()) return 'a folder';
  if (info.isFIFO()) return 'a named pipe';
  if (info.isSocket()) return 'a socket';
  return 'a device';
}
