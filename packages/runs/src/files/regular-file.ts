/**
 * Reading a file that a user named, or that lies in a run's folder.
 *
 * Opening a FIFO without a writer waits for ever, and a device may never end. So a file is opened without blocking, and what is no
 * regular file is refused by what it is. A file may be of any size: whole, in pieces, or in part.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readlink, stat } from 'node:fs/promises';
import { CpcError } from '@cpc/base';
import { namingFile } from '@cpc/base/node';

export interface RegularFileOptions {
  /** A larger file is refused before it is read; default: any size. */
  readonly maximumBytes?: number;
}

/** Without O_NONBLOCK a FIFO blocks a thread of Node's pool, which then cannot even be ended; Windows has neither flag. */
const openingFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Opens a regular file for reading; links are followed.
 *
 * @returns the caller closes it.
 * @throws {CpcError} if it is a directory, FIFO, socket, device or dangling link, or larger than `maximumBytes`.
 * @throws the system's error with `path` otherwise, such as ENOENT.
 *
 * @example
 * const file = await openRegularFile('speech.wav');
 * try {
 *   const head = await readRange(file, 0, 4096);
 * } finally {
 *   await file.close();
 * }
 */
export async function openRegularFile(path: string, options: RegularFileOptions = {}): Promise<FileHandle> {
  const file = await open(path, openingFlags).catch(async (error: unknown) => {
    throw (await specialFileAt(path)) ?? error;
  });
  try {
    refuseSpecial(await file.stat(), path);
    await refuseLarge(file, path, options);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * All bytes of a regular file.
 *
 * @throws as {@link openRegularFile} does.
 */
export async function readRegularFile(
  path: string,
  options: RegularFileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await openRegularFile(path, options);
  try {
    const { size } = await file.stat();
    if (size > 0) return await namingFile(path, () => readRange(file, 0, size));
    return new Uint8Array(await namingFile(path, () => file.readFile())); // files of /proc state no size
  } finally {
    await file.close();
  }
}

/** All of a regular file as UTF-8, as `readFile(path, 'utf8')` reads it. */
export async function readRegularText(path: string, options: RegularFileOptions = {}): Promise<string> {
  return new TextDecoder().decode(await readRegularFile(path, options)); // which takes a byte order mark away
}

/** The same, or undefined if there is no file of that name. A link to nothing is refused all the same. */
export async function readRegularTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readRegularText(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const defaultPieceBytes = 65_536;

/**
 * The bytes of a regular file from its beginning, piece by piece; the file is closed when the loop ends.
 *
 * @throws as {@link openRegularFile} does, at the first piece.
 */
export async function* regularFilePieces(
  path: string,
  { pieceBytes = defaultPieceBytes, ...options }: RegularFileOptions & { readonly pieceBytes?: number } = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const file = await openRegularFile(path, options);
  try {
    for (let position = 0; ; ) {
      const piece = await namingFile(path, () => readRange(file, position, pieceBytes));
      if (piece.length === 0) return;
      position += piece.length;
      yield piece;
    }
  } finally {
    await file.close();
  }
}

/** One read of the operating system takes fewer than 2 GiB. */
const mostBytesOfRead = 2 ** 30;

/**
 * Bytes `[position, position + count)` of an open file; fewer where it ends.
 *
 * @returns new memory of its own.
 */
export async function readRange(file: FileHandle, position: number, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count);
  let filled = 0;
  while (filled < count) {
    const length = Math.min(mostBytesOfRead, count - filled);
    const { bytesRead } = await file.read(bytes, filled, length, position + filled);
    if (bytesRead === 0) return bytes.slice(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

/** True for the system's error that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** What could not even be opened: a socket, a link to nothing, a device without a driver, on Windows a directory. */
async function specialFileAt(path: string): Promise<CpcError | undefined> {
  const target = await readlink(path).catch(() => undefined);
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined) return specialFile(found, path);
  if (target === undefined || !(await lstat(path).catch(() => undefined))?.isSymbolicLink()) return undefined;
  return noRegularFile(path, `a link to ${target}, which does not exist or cannot be reached`);
}

function refuseSpecial(found: Stats, path: string): void {
  const error = specialFile(found, path);
  if (error !== undefined) throw error;
}

function specialFile(found: Stats, path: string): CpcError | undefined {
  if (found.isFile()) return undefined;
  return noRegularFile(path, kindOf(found));
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory';
  if (found.isFIFO()) return 'a FIFO (named pipe)';
  if (found.isSocket()) return 'a socket';
  return found.isCharacterDevice() || found.isBlockDevice() ? 'a device' : 'something else';
}

function noRegularFile(where: string, received: string): CpcError {
  return new CpcError({ where, expected: 'a regular file', received, fix: 'Give the path of a file.' });
}

async function refuseLarge(file: FileHandle, where: string, { maximumBytes }: RegularFileOptions): Promise<void> {
  if (maximumBytes === undefined) return;
  const { size } = await file.stat();
  if (size <= maximumBytes) return;
  throw new CpcError({ where, expected: `a file of at most ${maximumBytes} bytes`, received: `${size} bytes` });
}
