/**
 * The samples of a file with its channels averaged, piece by piece: no more than a piece of all channels is in memory at a time.
 *
 * FLAC comes frame by frame, WAV and SPHERE in parts of the file.
 */
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { type FlacFrame, flacFrames } from '../../data/flac.js';
import { readFlacHeader } from '../../data/flac-header.js';
import { mixToMono } from '../../data/wav.js';
import { type AudioFileFacts, decodeAudio, isFlac, readAudioRange, readFileBytes } from './audio-file.js';
import { createFlacChecksum } from './flac-checksum.js';

/** Samples of one channel that are read from a file at a time. */
const pieceSamples = 2 ** 16;

/**
 * @param facts - what the file was when the corpus was opened.
 * @throws {DamagedFileError} at the piece that is damaged; at the end for a wrong checksum of the whole.
 */
export async function* monoPieces(
  path: string,
  where: string,
  facts: Pick<AudioFileFacts, 'sampleRateHz' | 'sampleCount' | 'byteLength'>,
): AsyncGenerator<Float32Array, void, undefined> {
  for (let start = 0; start < facts.sampleCount; start += pieceSamples) {
    const range = [start, Math.min(facts.sampleCount, start + pieceSamples)] as const;
    const part = await readAudioRange(path, where, facts, range);
    if (part === undefined) return yield* wholePieces(path, where, facts);
    yield mixToMono(part.channels);
  }
}

/** Of a file that cannot be read in parts. */
async function* wholePieces(
  path: string,
  where: string,
  { sampleRateHz }: Pick<AudioFileFacts, 'sampleRateHz'>,
): AsyncGenerator<Float32Array, void, undefined> {
  const bytes = await readFileBytes(path, where);
  if (isFlac(bytes)) {
    refuseOtherRate(readFlacHeader(bytes, where).sampleRateHz, sampleRateHz, where);
    yield* flacPieces(bytes, where);
  } else {
    const decoded = decodeAudio(bytes, where);
    refuseOtherRate(decoded.sampleRateHz, sampleRateHz, where);
    yield mixToMono(decoded.channels);
  }
}

function refuseOtherRate(rateHz: number, before: number, where: string): void {
  if (rateHz === before) return;
  throw new DamagedFileError({
    where,
    kind: 'changed',
    expected: `a file of ${before} Hz, as when the corpus was opened`,
    received: `${rateHz} Hz`,
    fix: 'The file has changed: open the corpus again.',
  });
}

/** Frames of a FLAC file, their channels averaged; the MD5 of all of them is checked at the end. */
export function* flacPieces(bytes: Uint8Array, where: string): Generator<Float32Array, void, undefined> {
  const header = readFlacHeader(bytes, where);
  const checksum = createFlacChecksum(header);
  for (const frame of flacFrames(bytes, header, where)) {
    checksum.add(frame.channels);
    yield mixToMono(scaled(frame, 2 ** (header.bitsPerSample - 1)));
  }
  checksum.check(where);
}

function scaled({ channels }: FlacFrame, full: number): Float32Array[] {
  return channels.map((values) => Float32Array.from(values, (value) => value / full));
}
