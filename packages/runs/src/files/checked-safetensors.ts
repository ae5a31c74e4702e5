/**
 * safetensors files with a checksum over every byte of them, of any size.
 *
 * The SHA-256 stands in the file's own metadata, which every reader of safetensors takes for text. It is taken over the whole file
 * with zeros in its place, so that a flipped bit anywhere, in the header too, is noticed. Files are hashed, written and read in
 * pieces: beyond 2 GiB, Node neither hashes, writes nor reads in one go.
 */
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { CpcArgumentError, CpcError } from '@cpc/base';
import { namingFile } from '@cpc/base/node';
import {
  parseSafetensorsHeader,
  type SafetensorsContent,
  type StoredTensor,
  safetensorsParts,
} from '../formats/safetensors.js';
import { createAtomicFile } from './atomic-file.js';
import { openRegularFile } from './regular-file.js';

/** Under which the SHA-256 stands in the metadata. */
export const checksumKey = 'cpc.sha256';
const noChecksum = '0'.repeat(64);
const checksumPattern = /^[0-9a-f]{64}$/;

/**
 * A safetensors file with its checksum, in parts to be written one after the other.
 *
 * @returns the tensors' own memory, not copied.
 * @throws {CpcArgumentError} if metadata use the checksum's key, or as `encodeSafetensors` does.
 */
export function checkedSafetensorsParts(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  if (Object.hasOwn(metadata, checksumKey)) throw reservedKey(checksumKey, metadata[checksumKey]);
  const parts = safetensorsParts(tensors, { [checksumKey]: noChecksum, ...metadata });
  const hash = createHash('sha256');
  for (const part of parts) addTo(hash, part);
  const place = checksumWindow(parts[0], noChecksum);
  if (place === undefined)
    throw new CpcError({ where: 'metadata', expected: `a place for ${checksumKey} in the header` });
  place.set(new TextEncoder().encode(hash.digest('hex')));
  return parts;
}

/** For metadata that use a key which the file itself writes. */
export function reservedKey(key: string, received: unknown): CpcArgumentError {
  const expected = `metadata without "${key}", which the file itself writes`;
  return new CpcArgumentError({ where: 'metadata', argument: 'metadata', expected, received });
}

/** Replaces `path` by a file of these parts, or leaves it as it was. */
export async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await createAtomicFile(path);
  try {
    for (const part of parts) await file.write(part);
    await file.commit();
  } finally {
    await file.abandon();
  }
}

/** What a file holds, and whether its checksum is right. */
export interface CheckedSafetensors extends SafetensorsContent {
  /** `none`: the file carries no checksum. A wrong one is an error. */
  readonly checksum: 'right' | 'none';
}

/**
 * Reads a safetensors file of any size; needs memory for the tensors only.
 *
 * @param fix - what to do about a wrong checksum.
 * @returns metadata without the checksum.
 * @throws {CpcError} if it is no regular file, damaged, cut off, or its checksum is wrong.
 */
export async function readCheckedSafetensors(path: string, fix: string): Promise<CheckedSafetensors> {
  const file = await openRegularFile(path);
  try {
    return await namingFile(path, () => readOpened(file, path, fix));
  } finally {
    await file.close();
  }
}

async function readOpened(file: FileHandle, path: string, fix: string): Promise<CheckedSafetensors> {
  const { size } = await file.stat();
  const head = await readHead(file, size, path);
  const { places, metadata } = parseSafetensorsHeader(head.subarray(lengthBytes), size - head.length, path);
  const { [checksumKey]: checksum, ...rest } = metadata;
  if (checksum !== undefined) checksumWindow(head, checksum)?.set(new TextEncoder().encode(noChecksum));
  const hash = createHash('sha256').update(head);
  const tensors: [string, StoredTensor][] = [];
  for (const { name, shape, begin, end, array: TensorArray } of places) {
    const bytes = roomFor(end - begin, path);
    await fill(file, bytes, head.length + begin, hash, path);
    tensors.push([name, { shape, data: new TensorArray(bytes.buffer) }]);
  }
  if (checksum !== undefined) requireChecksum(checksum, hash.digest('hex'), { where: path, fix });
  return { tensors: Object.fromEntries(tensors), metadata: rest, checksum: checksum === undefined ? 'none' : 'right' };
}

const lengthBytes = 8;
/** A longer header is damaged: the format's own readers refuse it too. */
const mostHeaderBytes = 100_000_000;

/** The length of the header, and the header. */
async function readHead(file: FileHandle, size: number, where: string): Promise<Uint8Array<ArrayBuffer>> {
  const length = new Uint8Array(lengthBytes);
  const most = Math.min(mostHeaderBytes, size - lengthBytes);
  const { bytesRead } = await file.read(length, 0, lengthBytes, 0);
  if (bytesRead < lengthBytes) throw damaged(where, `at least ${lengthBytes} bytes`, `${size} bytes`);
  const claimed = new DataView(length.buffer).getBigUint64(0, true);
  if (claimed > BigInt(most)) throw damaged(where, `a header of at most ${most} bytes`, `a length of ${claimed}`);
  const head = new Uint8Array(lengthBytes + Number(claimed));
  await fill(file, head, 0, undefined, where);
  return head;
}

const pieceBytes = 2 ** 26;

async function fill(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
  hash: Hash | undefined,
  where: string,
): Promise<void> {
  for (let filled = 0; filled < bytes.length; ) {
    const length = Math.min(pieceBytes, bytes.length - filled);
    const { bytesRead } = await file.read(bytes, filled, length, position + filled);
    if (bytesRead === 0) throw damaged(where, `${bytes.length} bytes from byte ${position} on`, `${filled}`);
    hash?.update(bytes.subarray(filled, filled + bytesRead));
    filled += bytesRead;
  }
}

function roomFor(byteLength: number, where: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (cause) {
    throw new CpcError({
      where,
      expected: 'tensors that fit into memory',
      received: `one of ${byteLength} bytes`,
      fix: 'Read the file on a machine with more memory, or with a newer version of Node.',
      cause,
    });
  }
}

/**
 * Checks the checksum of a file in memory.
 *
 * @param metadata - of the file, as `decodeSafetensors` gives them.
 * @returns `none` for a file without a checksum.
 * @throws {CpcError} if it is wrong.
 */
export function checkChecksum(
  bytes: Uint8Array,
  { [checksumKey]: checksum }: Readonly<Record<string, string>>,
  options: { readonly where: string; readonly fix: string },
): CheckedSafetensors['checksum'] {
  if (checksum === undefined) return 'none';
  const dataBegin = lengthBytes + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const head = new Uint8Array(bytes.subarray(0, dataBegin));
  checksumWindow(head, checksum)?.set(new TextEncoder().encode(noChecksum));
  const hash = createHash('sha256').update(head);
  addTo(hash, bytes.subarray(dataBegin));
  requireChecksum(checksum, hash.digest('hex'), options);
  return 'right';
}

/** In pieces: a hash takes fewer than 2 GiB at a time. */
function addTo(hash: Hash, bytes: Uint8Array): void {
  for (let begin = 0; begin < bytes.length; begin += pieceBytes) hash.update(bytes.subarray(begin, begin + pieceBytes));
}

function requireChecksum(
  checksum: string,
  actual: string,
  { where, fix }: { readonly where: string; readonly fix: string },
): void {
  if (checksumPattern.test(checksum) && actual === checksum) return;
  throw new CpcError({ where, expected: `the SHA-256 ${checksum}`, received: actual, fix });
}

/** The bytes of the header that hold this checksum. It is the first text of that key. */
function checksumWindow(head: Uint8Array | undefined, checksum: string): Uint8Array | undefined {
  if (head === undefined) return undefined;
  const text = `"${checksumKey}":"${checksum}"`;
  const begin = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(text);
  if (begin === -1) return undefined;
  const textBegin = begin + checksumKey.length + '"":"'.length;
  return head.subarray(textBegin, textBegin + noChecksum.length);
}

function damaged(where: string, expected: string, received: string): CpcError {
  return new CpcError({ where, expected, received, fix: 'The file is damaged or cut off: restore it from a copy.' });
}
