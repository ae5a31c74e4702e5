/**
 * The chunk walk of a RIFF or RF64 WAVE file: where its samples lie and how they are written.
 *
 * Converts no sample (that is `wav.ts`) and opens no file. It may be given only the head of a file, so that a corpus of
 * 28,000 files is listed without reading its audio.
 *
 * Sources: Microsoft & IBM, *Multimedia Programming Interface and Data Specifications 1.0*, 1991; EBU Tech 3306 (RF64).
 */
import { ByteReader } from './byte-reader.js';
import { DamagedFileError } from './damaged-file-error.js';

/** How one sample is written in a WAV file. */
export type WavEncoding = 'pcm-8' | 'pcm-16' | 'pcm-24' | 'pcm-32' | 'float-32' | 'float-64';

/** What the head of a WAV file says. */
export interface WavHeader {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly encoding: WavEncoding;
  readonly bytesPerSample: number;
  /** Samples of one channel. */
  readonly sampleCount: number;
  /** Offset of the first sample byte in the file. */
  readonly dataOffset: number;
}

const encodings: ReadonlyMap<string, WavEncoding> = new Map([
  ['1/8', 'pcm-8'],
  ['1/16', 'pcm-16'],
  ['1/24', 'pcm-24'],
  ['1/32', 'pcm-32'],
  ['3/32', 'float-32'],
  ['3/64', 'float-64'],
] as const);

const extensible = 0xfffe;
const unknownSize = 0xffff_ffff;
// Writers to a pipe cannot go back and fill in sizes: they leave 0, 2^32 - 1, or a round figure near 2^31.
const streamedSizeFrom = 0x7fff_0000;

/**
 * Reads the head of a WAV file.
 *
 * @param head - the first bytes of the file, or all of them.
 * @param fileByteLength - length of the whole file in bytes.
 * @param where - the file's name, for errors.
 * @returns the header, or `undefined` if `head` ends before the samples begin and more of the file must be given.
 * @throws {DamagedFileError} if the file is no WAV, has no samples' format or data, or is shorter than it says.
 */
export function readWavHeader(head: Uint8Array, fileByteLength: number, where: string): WavHeader | undefined {
  const reader = new ByteReader(head, where);
  const walk = startWalk(reader);
  let offset = 12;
  while (offset + 8 <= head.byteLength) {
    const name = reader.text(offset, 4);
    const size = reader.uint32(offset + 4);
    const body = offset + 8;
    if (name === 'data') return headerOf(walk, { body, size, fileByteLength });
    if (body + size > head.byteLength && body + size <= fileByteLength) return undefined;
    if (name === 'fmt ') walk.format = readFormat(reader, body, size);
    if (name === 'ds64') walk.longDataSize = reader.uint64(body + 8);
    offset = body + size + (size % 2); // chunks are padded to even length; the size does not count the padding
  }
  if (head.byteLength < fileByteLength && offset <= fileByteLength) return undefined;
  throw new DamagedFileError({
    where,
    expected: 'a "data" chunk that holds the samples',
    received: `none in ${fileByteLength} bytes`,
    fix: 'The file is cut short or was never finished.',
  });
}

interface Format {
  readonly encoding: WavEncoding;
  readonly bytesPerSample: number;
  readonly sampleRateHz: number;
  readonly channelCount: number;
}

interface Walk {
  readonly reader: ByteReader;
  readonly riffSize: number;
  readonly long: boolean;
  format?: Format;
  longDataSize?: number;
}

function startWalk(reader: ByteReader): Walk {
  const start = reader.length < 12 ? '' : reader.text(0, 4) + reader.text(8, 4);
  if (start !== 'RIFFWAVE' && start !== 'RF64WAVE') {
    throw new DamagedFileError({
      where: reader.where,
      expected: 'a WAV file, beginning with "RIFF" or "RF64" and "WAVE"',
      received: reader.length < 12 ? `a file of ${reader.length} bytes` : JSON.stringify(start),
    });
  }
  return { reader, riffSize: reader.uint32(4), long: start === 'RF64WAVE' };
}

function readFormat(reader: ByteReader, body: number, size: number): Format {
  const { where } = reader;
  if (size < 16) {
    throw new DamagedFileError({ where, expected: 'a "fmt " chunk of at least 16 bytes', received: `${size} bytes` });
  }
  const outerTag = reader.uint16(body);
  const bits = reader.uint16(body + 14);
  const tag = outerTag === extensible && size >= 40 ? reader.uint16(body + 24) : outerTag;
  const encoding = encodings.get(`${tag}/${bits}`);
  if (encoding === undefined) {
    throw new DamagedFileError({
      where,
      expected: 'samples as PCM of 8, 16, 24 or 32 bit, or float of 32 or 64 bit',
      received: `format tag ${tag} with ${bits} bit`,
      fix: 'Convert it, for instance with: ffmpeg -i IN.wav -c:a pcm_s16le OUT.wav',
    });
  }
  const format = {
    encoding,
    bytesPerSample: bits / 8,
    channelCount: reader.uint16(body + 2),
    sampleRateHz: reader.uint32(body + 4),
  };
  checkFormat(format, reader.uint16(body + 12), where);
  return format;
}

function checkFormat(format: Format, blockAlign: number, where: string): void {
  const { channelCount, sampleRateHz, bytesPerSample } = format;
  if (channelCount === 0) throw new DamagedFileError({ where, expected: 'at least 1 channel', received: '0' });
  if (sampleRateHz === 0) throw new DamagedFileError({ where, expected: 'a sample rate above 0 Hz', received: '0 Hz' });
  if (blockAlign === channelCount * bytesPerSample) return;
  throw new DamagedFileError({
    where,
    expected: `${channelCount * bytesPerSample} bytes per frame (${channelCount} channels of ${bytesPerSample} bytes)`,
    received: `${blockAlign}`,
  });
}

function headerOf(walk: Walk, data: { body: number; size: number; fileByteLength: number }): WavHeader {
  const { format, reader } = walk;
  if (format === undefined) {
    throw new DamagedFileError({
      where: reader.where,
      expected: 'a "fmt " chunk before the "data" chunk',
      received: `"data" at byte ${data.body - 8}`,
    });
  }
  const frameBytes = format.channelCount * format.bytesPerSample;
  return { ...format, dataOffset: data.body, sampleCount: Math.floor(dataByteLength(walk, data) / frameBytes) };
}

/** Bytes of samples, after forgiving what writers to a pipe leave behind. */
function dataByteLength(walk: Walk, data: { body: number; size: number; fileByteLength: number }): number {
  const rest = data.fileByteLength - data.body;
  const size = walk.long && data.size === unknownSize ? (walk.longDataSize ?? unknownSize) : data.size;
  const riffUnfinished = walk.riffSize === 0 || walk.riffSize >= streamedSizeFrom;
  if (size === 0 && riffUnfinished) return rest;
  if (size <= rest) return size;
  if (size >= streamedSizeFrom && riffUnfinished) return rest;
  throw new DamagedFileError({
    where: walk.reader.where,
    expected: `${size} bytes of samples from byte ${data.body}, as its header says`,
    received: `${Math.max(0, rest)} bytes`,
    fix: 'The file is cut short.',
  });
}
