/** A file's bytes in pieces, unpacked where it is compressed by gzip, as word vectors are mostly distributed. */
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CpcError } from '@cpc/core';
import { regularFilePieces } from '@cpc/runs';

/** Bytes that any file may unpack to. */
const alwaysAllowed = 2 ** 24;
/** For every byte of the file beyond that: text has three or four, a table of numbers fewer. */
const unpackedPerByte = 32;
/** A file of at most so many bytes is judged before it is read. */
const small = 2 ** 20;

/**
 * @throws {CpcError} if the file cannot be read, is damaged gzip, or unpacks to more than text of its size does. Memory does not grow with what
 *   it unpacks to.
 */
export async function* unpackedPieces(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = regularFilePieces(path);
  try {
    const { value: first, done } = await pieces.next();
    if (done === true) return;
    const whole = joined(first, pieces);
    const isPacked = first[0] === 0x1f && first[1] === 0x8b;
    if (isPacked) await refuseSmallBomb(path);
    yield* isPacked ? gunzipped(path, whole) : whole;
  } finally {
    await pieces.return(); // a reader may leave after the first piece
  }
}

/** Unpacks a small file once before anybody makes lines of it: millions of empty ones take far longer. */
async function refuseSmallBomb(path: string): Promise<void> {
  if ((await stat(path)).size > small) return;
  for await (const _ of gunzipped(path, regularFilePieces(path)));
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* gunzipped(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  let [packed, unpacked] = [0, 0];
  const counted = counting(pieces, (length) => {
    packed += length;
  });
  const fed = pipeline(Readable.from(counted), gunzip).catch(() => undefined); // what fails shows where it is read
  try {
    for await (const piece of gunzip) {
      unpacked += piece.length;
      if (unpacked > alwaysAllowed + unpackedPerByte * packed) throw tooMuch(path, unpacked, packed);
      yield piece;
    }
    await fed;
  } catch (cause) {
    if (CpcError.isInstance(cause)) throw cause;
    const received = cause instanceof Error ? cause.message : String(cause);
    throw new CpcError({ where: path, expected: 'a whole gzip file', received, fix: 'Download it again.', cause });
  } finally {
    gunzip.destroy();
  }
}

async function* counting(
  pieces: AsyncIterable<Uint8Array>,
  onPiece: (length: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    onPiece(piece.length);
    yield piece;
  }
}

function tooMuch(path: string, unpacked: number, packed: number): CpcError {
  return new CpcError({
    where: path,
    expected: `at most ${alwaysAllowed} bytes, and ${unpackedPerByte} for every byte of the gzip file`,
    received: `${unpacked} bytes of the first ${packed}`,
    fix: 'It is made to exhaust memory, or repeats itself over and over: unpack it yourself.',
  });
}
