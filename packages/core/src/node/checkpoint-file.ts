/**
 * A checkpoint as the bytes of a safetensors file, with a checksum over every one of them.
 *
 * The SHA-256 stands in the file's own metadata. It is taken over the whole file with zeros in its place, so that a
 * flipped bit anywhere, in the header's texts too, is noticed.
 */
import { createHash } from 'node:crypto';

import type { Checkpoint } from '../checkpoint-store.js';
import { CpcArgumentError, CpcError } from '../errors.js';
import type { HostArray } from '../parameter-tree.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../safetensors.js';

const stepKey = 'cpc.step';
const checksumKey = 'cpc.sha256';
const noChecksum = '0'.repeat(64);
const checksumPattern = /^[0-9a-f]{64}$/;

/**
 * The bytes of a checkpoint file.
 *
 * @throws {CpcArgumentError} if the step is no whole number, or metadata use a key that the file format needs.
 */
export function encodeCheckpoint({ step, tensors, metadata }: Checkpoint): Uint8Array {
  checkStep(step);
  for (const key of [stepKey, checksumKey]) {
    if (!(key in metadata)) continue;
    const expected = `metadata without "${key}", which the file itself writes`;
    throw new CpcArgumentError({ where: 'encodeCheckpoint', argument: 'metadata', expected, received: metadata[key] });
  }
  const bytes = encodeSafetensors(tensors, { [checksumKey]: noChecksum, [stepKey]: String(step), ...metadata });
  const place = findChecksum(bytes, noChecksum);
  if (place !== undefined) place.set(new TextEncoder().encode(checksumOf(bytes)));
  return bytes;
}

/**
 * The checkpoint in a file, if every byte is as it was written.
 *
 * @param where - the file's path, for the error.
 * @returns new memory; `bytes` may be reused.
 * @throws {CpcError} if the file is damaged, cut off, or no checkpoint.
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  const { [stepKey]: step, [checksumKey]: checksum, ...rest } = metadata;
  if (step === undefined || checksum === undefined || !checksumPattern.test(checksum)) {
    const fix = 'Give a file from a run\'s "checkpoints" folder.';
    throw new CpcError({ where, expected: `a checkpoint, with ${stepKey} and ${checksumKey} in its metadata`, fix });
  }
  checkChecksum(bytes, checksum, where);
  return { step: Number(step), tensors: onlyFloats(tensors, where), metadata: rest };
}

function checkStep(step: number): void {
  if (Number.isSafeInteger(step) && step >= 0) return;
  const expected = 'a step that is a whole number from 0';
  throw new CpcArgumentError({ where: 'encodeCheckpoint', argument: 'step', expected, received: step });
}

function checkChecksum(bytes: Uint8Array, checksum: string, where: string): void {
  const copy = new Uint8Array(bytes);
  findChecksum(copy, checksum)?.set(new TextEncoder().encode(noChecksum));
  const actual = checksumOf(copy);
  if (actual === checksum) return;
  const fix = 'The file is damaged: go on from an older checkpoint, or restore it from a copy.';
  throw new CpcError({ where, expected: `the SHA-256 ${checksum}`, received: actual, fix });
}

/** The bytes that hold this checksum, as a window on the file. It is the first text of that key in the header. */
function findChecksum(bytes: Uint8Array, checksum: string): Uint8Array | undefined {
  const begin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(`"${checksumKey}":"${checksum}"`);
  if (begin === -1) return undefined;
  const textBegin = begin + checksumKey.length + '"":"'.length;
  return bytes.subarray(textBegin, textBegin + checksum.length);
}

function checksumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function onlyFloats(tensors: Readonly<Record<string, StoredTensor>>, where: string): Record<string, HostArray> {
  const entries = Object.entries(tensors).map(([path, { shape, data }]): [string, HostArray] => {
    if (data instanceof Float32Array) return [path, { shape, data }];
    throw new CpcError({ where, expected: `"${path}" to be float32, as all of a checkpoint`, received: data });
  });
  return Object.fromEntries(entries);
}
