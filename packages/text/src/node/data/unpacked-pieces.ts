/** A file's bytes in pieces, unpacked where it is compressed by gzip, as word vectors are mostly distributed. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CpcError } from '@cpc/core';
import { regularFilePieces } from '@cpc/core/node';

/** @throws {CpcError} if the file cannot be read, or is damaged gzip. Memory does not grow with what it unpacks to. */
export async function* unpackedPieces(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = regularFilePieces(path);
  try {
    const { value: first, done } = await pieces.next();
    if (done === true) return;
    const whole = joined(first, pieces);
    yield* first[0] === 0x1f && first[1] === 0x8b ? gunzipped(path, whole) : whole;
  } finally {
    await pieces.return(); // a reader may leave after the first piece
  }
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* gunzipped(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const fed = pipeline(Readable.from(pieces), gunzip).catch(() => undefined); // what fails shows where it is read
  try {
    for await (const piece of gunzip) yield piece;
    await fed;
  } catch (cause) {
    if (CpcError.isInstance(cause)) throw cause;
    const received = cause instanceof Error ? cause.message : String(cause);
    throw new CpcError({ where: path, expected: 'a whole gzip file', received, fix: 'Download it again.', cause });
  } finally {
    gunzip.destroy();
  }
}
