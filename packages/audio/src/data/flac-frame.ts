/**
 * One frame of a FLAC file: its header, its channels, its checksums.
 *
 * Source: RFC 9639, sections 9.1 to 9.3 and 4.2 (channels coded as their difference).
 */
import { BitReader } from './bit-reader.js';
import { DamagedFileError } from './damaged-file-error.js';
import { frameChecksum, headerChecksum } from './flac-checksums.js';
import type { FlacHeader } from './flac-header.js';
import { readSubframe } from './flac-subframe.js';

/** A decoded frame. */
export interface FlacFrame {
  /** `[channels]`, each `[blockSize]` whole numbers. */
  readonly channels: readonly Int32Array[];
  /** The byte behind the frame. */
  readonly end: number;
}

/**
 * Decodes the frame that begins at byte `start`.
 *
 * @param stream - what STREAMINFO says; frames may leave rate and depth to it, and must agree with it.
 * @throws {DamagedFileError} naming the byte, if no frame begins there, it disagrees with STREAMINFO, a checksum is wrong,
 *   or a sample does not fit the bits it should have.
 */
export function readFlacFrame(bytes: Uint8Array, start: number, stream: FlacHeader, where: string): FlacFrame {
  const at = `${where}, frame at byte ${start}`;
  const reader = new BitReader(bytes, start, at);
  const { blockSize, assignment } = readFrameHeader(reader, bytes, start, stream, at);
  const channels = readChannels(reader, blockSize, assignment, stream.bitsPerSample);
  reader.align();
  const checksum = frameChecksum(bytes, start, reader.byteOffset);
  refuseOther(reader.unsigned(16), checksum, 'the checksum of the frame', at);
  for (const samples of channels) refuseTooWide(samples, stream.bitsPerSample, at);
  return { channels, end: reader.byteOffset };
}

interface FrameHeader {
  readonly blockSize: number;
  /** 0 to 7: that many channels and one, each by itself; 8 to 10: left/side, side/right, mid/side. */
  readonly assignment: number;
}

const leftSide = 8;
const sideRight = 9;
const midSide = 10;

function readFrameHeader(
  reader: BitReader,
  bytes: Uint8Array,
  start: number,
  stream: FlacHeader,
  where: string,
): FrameHeader {
  refuseOther(reader.unsigned(15), 0b111111111111100, 'the 15 bits that a frame begins with', where);
  reader.unsigned(1); // whether all blocks are of one size: we do not need to know
  const blockCode = reader.unsigned(4);
  const rateCode = reader.unsigned(4);
  const assignment = reader.unsigned(4);
  const depthCode = reader.unsigned(3);
  refuseOther(reader.unsigned(1), 0, 'a reserved bit', where);
  skipFrameNumber(reader, where);
  const blockSize = readBlockSize(reader, blockCode, where);
  const rateHz = readRate(reader, rateCode, where) ?? stream.sampleRateHz;
  const checksum = headerChecksum(bytes, start, reader.byteOffset);
  refuseOther(reader.unsigned(8), checksum, 'the checksum of the frame header', where);
  refuseOther(rateHz, stream.sampleRateHz, 'the rate in Hz of STREAMINFO', where);
  refuseOther(
    depths[depthCode] ?? stream.bitsPerSample,
    stream.bitsPerSample,
    'the bits per sample of STREAMINFO',
    where,
  );
  refuseOther(assignment < leftSide ? assignment + 1 : 2, stream.channelCount, 'the channels of STREAMINFO', where);
  if (assignment > midSide)
    throw new DamagedFileError({ where, expected: 'channels coded as 0 to 10', received: assignment });
  return { blockSize, assignment };
}

/** Bits per sample by code; 0 leaves it to STREAMINFO, 3 is reserved and taken likewise. */
const depths: readonly (number | undefined)[] = [undefined, 8, 12, undefined, 16, 20, 24, 32];

const ratesHz: readonly (number | undefined)[] = [
  undefined, // left to STREAMINFO
  88_200,
  176_400,
  192_000,
  8_000,
  16_000,
  22_050,
  24_000,
  32_000,
  44_100,
  48_000,
  96_000,
];

function readRate(reader: BitReader, code: number, where: string): number | undefined {
  if (code === 12) return reader.unsigned(8) * 1_000;
  if (code === 13) return reader.unsigned(16);
  if (code === 14) return reader.unsigned(16) * 10;
  if (code === 15) throw new DamagedFileError({ where, expected: 'a rate coded as 0 to 14', received: 15 });
  return ratesHz[code];
}

function readBlockSize(reader: BitReader, code: number, where: string): number {
  if (code === 0) throw new DamagedFileError({ where, expected: 'a block size coded as 1 to 15', received: 0 });
  if (code === 1) return 192;
  if (code <= 5) return 144 * 2 ** code;
  if (code === 6) return reader.unsigned(8) + 1;
  if (code === 7) return reader.unsigned(16) + 1;
  return 2 ** code;
}

/** Steps over the frame's number, written as UTF-8 writes characters: ones before the first zero count its bytes. */
function skipFrameNumber(reader: BitReader, where: string): void {
  const first = reader.unsigned(8);
  const byteCount = first < 0x80 ? 1 : Math.clz32(~(first << 24));
  if (byteCount === 1 && first >= 0x80)
    throw new DamagedFileError({ where, expected: 'a frame number', received: first });
  for (let byte = 1; byte < byteCount; byte += 1) reader.unsigned(8);
}

function readChannels(reader: BitReader, blockSize: number, assignment: number, bits: number): Int32Array[] {
  if (assignment < leftSide) {
    return Array.from({ length: assignment + 1 }, () => readSubframe(reader, blockSize, bits));
  }
  const first = readSubframe(reader, blockSize, assignment === sideRight ? bits + 1 : bits);
  const second = readSubframe(reader, blockSize, assignment === sideRight ? bits : bits + 1);
  for (let index = 0; index < blockSize; index += 1) {
    const a = first[index] ?? 0;
    const b = second[index] ?? 0;
    if (assignment === leftSide) second[index] = a - b;
    else if (assignment === sideRight) first[index] = a + b;
    else {
      const middle = (a << 1) | (b & 1); // left + right: its lowest bit is that of left - right
      first[index] = (middle + b) >> 1;
      second[index] = (middle - b) >> 1;
    }
  }
  return [first, second];
}

/** Predictions may add up to more than the samples' bits hold: then the file was never made from samples. */
function refuseTooWide(samples: Int32Array, bits: number, where: string): void {
  const full = 2 ** (bits - 1);
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] ?? 0;
    if (sample >= -full && sample < full) continue;
    throw new DamagedFileError({
      where,
      expected: `samples of ${bits} bits`,
      received: `${sample} at sample ${index}`,
    });
  }
}

function refuseOther(received: number, expected: number, what: string, where: string): void {
  if (received === expected) return;
  throw new DamagedFileError({ where, expected: `${what} to be ${expected}`, received, fix: 'The file is damaged.' });
}
