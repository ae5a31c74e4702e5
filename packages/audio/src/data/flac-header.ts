/**
 * The STREAMINFO block at the head of a FLAC file: rate, channels, length, and the MD5 of the samples.
 *
 * Decodes no audio (that is `flac.ts`) and computes no MD5 (that needs Node: `node/data/flac-checksum.ts`).
 *
 * Source: RFC 9639, sections 8.1 and 8.2.
 */
import { ByteReader } from './byte-reader.js';
import { DamagedFileError } from './damaged-file-error.js';

/** What the head of a FLAC file says. */
export interface FlacHeader {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly bitsPerSample: number;
  /** Samples of one channel; `undefined` where the encoder did not know. */
  readonly sampleCount: number | undefined;
  /** MD5 of the interleaved samples as 32 hexadecimal digits; `undefined` where the encoder left it out. */
  readonly md5: string | undefined;
  /** Where the `fLaC` mark stands: 0, or behind an ID3 tag. */
  readonly streamOffset: number;
}

const streamInfoBytes = 34;

/** Bytes of the file that hold the whole header when there is no ID3 tag: mark, block head, STREAMINFO. */
export const flacHeadBytes = 4 + 4 + streamInfoBytes;

/**
 * Reads the head of a FLAC file.
 *
 * @param head - the first bytes of the file, at least 42 of them.
 * @param where - the file's name, for errors.
 * @throws {DamagedFileError} if it is no FLAC file, its first block is not STREAMINFO, or a field is out of range.
 */
export function readFlacHeader(head: Uint8Array, where: string): FlacHeader {
  const reader = new ByteReader(head, where);
  const streamOffset = tagLength(reader);
  const mark = reader.length < streamOffset + 4 ? '' : reader.text(streamOffset, 4);
  if (mark !== 'fLaC') {
    throw new DamagedFileError({
      where,
      expected: 'a FLAC file, beginning with "fLaC"',
      received: reader.length < 4 ? `a file of ${reader.length} bytes` : JSON.stringify(mark),
    });
  }
  const block = streamOffset + 4;
  const type = reader.uint8(block) & 0x7f;
  const size = (reader.uint8(block + 1) << 16) | (reader.uint8(block + 2) << 8) | reader.uint8(block + 3);
  if (type !== 0 || size !== streamInfoBytes) {
    throw new DamagedFileError({
      where,
      expected: `STREAMINFO of ${streamInfoBytes} bytes as the first block`,
      received: `a block of type ${type} and ${size} bytes`,
    });
  }
  return { ...readStreamInfo(reader, block + 4), streamOffset };
}

function readStreamInfo(reader: ByteReader, offset: number): Omit<FlacHeader, 'streamOffset'> {
  const byte = (index: number): number => reader.uint8(offset + index);
  const sampleRateHz = (byte(10) << 12) | (byte(11) << 4) | (byte(12) >> 4); // 20 bits
  const bitsPerSample = (((byte(12) & 1) << 4) | (byte(13) >> 4)) + 1; // 5 bits, less 1
  const sampleCount = (byte(13) & 15) * 2 ** 32 + byte(14) * 2 ** 24 + ((byte(15) << 16) | (byte(16) << 8) | byte(17)); // 36 bits
  const md5 = Array.from({ length: 16 }, (_, index) =>
    byte(18 + index)
      .toString(16)
      .padStart(2, '0'),
  ).join('');
  const { where } = reader;
  if (sampleRateHz === 0) throw new DamagedFileError({ where, expected: 'a sample rate above 0 Hz', received: '0 Hz' });
  if (bitsPerSample < 4 || bitsPerSample > 24) {
    throw new DamagedFileError({ where, expected: '4 to 24 bits per sample', received: `${bitsPerSample}` });
  }
  return {
    sampleRateHz,
    bitsPerSample,
    channelCount: ((byte(12) >> 1) & 7) + 1, // 3 bits, less 1
    sampleCount: sampleCount === 0 ? undefined : sampleCount,
    md5: /^0+$/.test(md5) ? undefined : md5,
  };
}

/** Length of an ID3v2 tag that some taggers put before the stream; 0 if there is none. */
function tagLength(reader: ByteReader): number {
  if (reader.length < 10 || reader.text(0, 3) !== 'ID3') return 0;
  const [a, b, c, d] = [6, 7, 8, 9].map((index) => reader.uint8(index) & 0x7f);
  return 10 + (((a ?? 0) << 21) | ((b ?? 0) << 14) | ((c ?? 0) << 7) | (d ?? 0));
}
