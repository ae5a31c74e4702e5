/**
 * One audio file on disk: what its head says, and its samples. Tells WAV, SPHERE and FLAC apart by their first bytes, not
 * by their names.
 */
import { createHash } from 'node:crypto';
import { isShortage, kindOfFile, openRegularFile, readRange, readRegularFile, unreadableReason } from '@cpc/runs';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { refuseExpansion } from '../../data/expansion.js';
import { decodeFlac, flacFrames } from '../../data/flac.js';
import { readFlacHeader } from '../../data/flac-header.js';
import { decodeSphere, decodeSphereSamples, isSphere, readSphereHeader } from '../../data/sphere.js';
import { type DecodedAudio, decodeWav, decodeWavSamples } from '../../data/wav.js';
import { readWavHeader } from '../../data/wav-header.js';
import { refuseWrongChecksum } from './flac-checksum.js';

/** What can be said of a file without decoding it. */
export interface AudioFileFacts {
  readonly sampleRateHz: number;
  /** Samples of one channel. */
  readonly sampleCount: number;
  readonly byteLength: number;
  /** SHA-256 of the first and the last 4,096 bytes. A FLAC file's first bytes hold the MD5 of all its samples. */
  readonly digest: string;
  /** True where the file has to be decoded from its beginning; absent in facts of earlier versions. */
  readonly compressed?: boolean;
}

const edgeBytes = 4_096;

/**
 * Reads the ends of a file, and the whole of it only where its length is not said at its head.
 *
 * @param path - the file.
 * @param where - what to call it in errors.
 * @throws {DamagedFileError} if it cannot be read, or is no WAV, SPHERE or FLAC file.
 */
export async function inspectAudioFile(path: string, where: string): Promise<AudioFileFacts> {
  const { head, tail, byteLength } = await readable(where, () => readEdges(path));
  const digest = createHash('sha256').update(head).update(tail).digest('hex');
  const facts = factsInHead(head, byteLength, where) ?? (await factsByDecoding(path, where));
  return { ...facts, byteLength, digest, ...(isFlac(head) ? { compressed: true } : {}) };
}

/**
 * Reads and decodes a whole file; a FLAC file's checksum is checked.
 *
 * @throws {DamagedFileError} if it cannot be read, is damaged, or is no WAV, SPHERE or FLAC file.
 */
export async function readAudioFile(path: string, where: string): Promise<DecodedAudio> {
  return decodeAudio(await readFileBytes(path, where), where);
}

/** @throws {DamagedFileError} if the file cannot be read. */
export function readFileBytes(path: string, where: string): Promise<Uint8Array> {
  return readable(where, () => readRegularFile(path));
}

/**
 * Decodes the bytes of a file of any kind.
 *
 * @throws {DamagedFileError} if it is damaged, or is no WAV, SPHERE or FLAC file.
 */
export function decodeAudio(bytes: Uint8Array, where: string): DecodedAudio {
  refuseOtherKind(bytes, where);
  if (isSphere(bytes)) return decodeSphere(bytes, where);
  if (!isFlac(bytes)) return decodeWav(bytes, where);
  const decoded = decodeFlac(bytes, where);
  refuseWrongChecksum(decoded, where);
  return decoded;
}

/**
 * Reads samples `[start, stop)` of every channel without the rest of the file.
 *
 * @param facts - what the file was when the corpus was opened.
 * @returns `undefined` for FLAC, which has to be decoded from its beginning.
 * @throws {DamagedFileError} if it cannot be read, is damaged, or has changed.
 */
export async function readAudioRange(
  path: string,
  where: string,
  facts: Pick<AudioFileFacts, 'sampleRateHz' | 'sampleCount' | 'byteLength'>,
  [start, stop]: readonly [number, number],
): Promise<DecodedAudio | undefined> {
  const file = await readable(where, () => openRegularFile(path));
  try {
    const { size } = await readable(where, () => file.stat());
    const head = await readable(where, () => readRange(file, 0, Math.min(edgeBytes, size)));
    const samples = sampleReaderOf(head, size, where);
    if (samples === undefined) return undefined;
    const { sampleRateHz, sampleCount, dataOffset, frameBytes } = samples;
    if (size !== facts.byteLength || sampleRateHz !== facts.sampleRateHz || sampleCount !== facts.sampleCount)
      throw changed(where, facts, { byteLength: size, sampleRateHz, sampleCount });
    const begin = dataOffset + start * frameBytes;
    const bytes = await readable(where, () => readRange(file, begin, (stop - start) * frameBytes));
    if (bytes.byteLength !== (stop - start) * frameBytes)
      throw changed(where, facts, { byteLength: begin + bytes.byteLength, sampleRateHz, sampleCount });
    return samples.decode(bytes, start, stop - start);
  } finally {
    await file.close();
  }
}

/** Where the samples of a file lie that can be read in parts, and how to decode them. */
interface SampleReader {
  readonly sampleRateHz: number;
  readonly sampleCount: number;
  readonly dataOffset: number;
  /** Bytes of one sample of all channels. */
  readonly frameBytes: number;
  readonly decode: (bytes: Uint8Array, firstSample: number, sampleCount: number) => DecodedAudio;
}

/** `undefined` for FLAC, and for heads longer than what was read of them. */
function sampleReaderOf(head: Uint8Array, byteLength: number, where: string): SampleReader | undefined {
  if (isFlac(head)) return undefined;
  if (isSphere(head)) {
    const header = readSphereHeader(head, byteLength, where);
    return (
      header && {
        ...header,
        frameBytes: 2 * header.channelCount,
        decode: (bytes, _, sampleCount) => decodeSphereSamples(bytes, { ...header, dataOffset: 0, sampleCount }),
      }
    );
  }
  const header = readWavHeader(head, byteLength, where);
  return (
    header && {
      ...header,
      frameBytes: header.channelCount * header.bytesPerSample,
      decode: (bytes, firstSample, sampleCount) =>
        decodeWavSamples(bytes, { ...header, dataOffset: 0, sampleCount }, where, firstSample),
    }
  );
}

type Measures = Pick<AudioFileFacts, 'sampleRateHz' | 'sampleCount' | 'byteLength'>;

function changed(where: string, before: Measures, now: Measures): DamagedFileError {
  const textOf = ({ sampleCount, sampleRateHz, byteLength }: Measures) =>
    `${sampleCount} samples of ${sampleRateHz} Hz in ${byteLength} bytes`;
  return new DamagedFileError({
    where,
    kind: 'changed',
    expected: `${textOf(before)}, as when the corpus was opened`,
    received: textOf(now),
    fix: 'The file has changed: open the corpus again.',
  });
}

type Length = Pick<AudioFileFacts, 'sampleRateHz' | 'sampleCount'>;

export function factsInHead(head: Uint8Array, byteLength: number, where: string): Length | undefined {
  refuseOtherKind(head, where);
  if (isSphere(head)) return readSphereHeader(head, byteLength, where);
  if (!isFlac(head)) return readWavHeader(head, byteLength, where);
  if (startsWith(head, 'ID3')) return undefined; // the tag may be longer than the head: see factsByDecoding
  const { sampleRateHz, sampleCount, channelCount } = readFlacHeader(head, where);
  if (sampleCount === undefined) return undefined;
  refuseImpossibleLength(sampleCount, byteLength, where);
  refuseExpansion(sampleCount * channelCount, byteLength, where);
  return { sampleRateHz, sampleCount };
}

/** The most that FLAC packs into the fewest bytes: a frame of equal samples. */
const mostSamplesOfFrame = 65_536;
const fewestBytesOfFrame = 10;

/** A damaged length is found before anyone makes room for so many samples or labels. */
function refuseImpossibleLength(sampleCount: number, byteLength: number, where: string): void {
  const most = Math.ceil(byteLength / fewestBytesOfFrame) * mostSamplesOfFrame;
  if (sampleCount <= most) return;
  throw new DamagedFileError({
    where,
    expected: `at most ${most} samples in a FLAC file of ${byteLength} bytes`,
    received: `${sampleCount}, as STREAMINFO says`,
    fix: 'The file is cut short or damaged.',
  });
}

/** Frames of FLAC are counted one by one, none of them kept. */
async function factsByDecoding(path: string, where: string): Promise<Length> {
  const bytes = await readFileBytes(path, where);
  const known = isFlac(bytes) ? undefined : factsInHead(bytes, bytes.length, where);
  if (known !== undefined) return known;
  const header = readFlacHeader(bytes, where);
  let sampleCount = 0;
  for (const { channels } of flacFrames(bytes, header, where)) sampleCount += channels[0]?.length ?? 0;
  return { sampleRateHz: header.sampleRateHz, sampleCount };
}

async function readEdges(path: string): Promise<{ head: Uint8Array; tail: Uint8Array; byteLength: number }> {
  const file = await openRegularFile(path);
  try {
    const byteLength = (await file.stat()).size;
    const head = await readRange(file, 0, Math.min(edgeBytes, byteLength));
    const tailFrom = Math.max(head.byteLength, byteLength - edgeBytes);
    return { head, tail: await readRange(file, tailFrom, byteLength - tailFrom), byteLength };
  } finally {
    await file.close();
  }
}

/** The name of a kind of file that is read nowhere here is worth more than what WAV lacks. */
function refuseOtherKind(head: Uint8Array, where: string): void {
  if (head.length === 0 || isSphere(head) || startsWith(head, 'fLaC') || isTaggedFlac(head)) return;
  const kind = kindOfFile(head);
  if (kind === undefined || kind === 'a WAV file' || kind === 'an RF64 WAV file') return;
  throw new DamagedFileError({
    where,
    expected: 'a WAV, FLAC or SPHERE file',
    received: kind,
    fix: 'Convert it, for instance with: ffmpeg -i IN -ar 16000 OUT.wav',
  });
}

/** Taggers put an ID3 tag before FLAC as well as before MP3; its length says where to look. */
function isTaggedFlac(head: Uint8Array): boolean {
  if (!startsWith(head, 'ID3')) return false;
  const [, , , , , , a = 0, b = 0, c = 0, d = 0] = head;
  const end = 10 + ((a << 21) | (b << 14) | (c << 7) | d);
  return end + 4 > head.length || startsWith(head.subarray(end), 'fLaC');
}

/** By its first bytes: an ID3 tag may stand before it. */
export function isFlac(head: Uint8Array): boolean {
  return startsWith(head, 'fLaC') || startsWith(head, 'ID3');
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, text.length)) === text;
}

/** Runs `read`, turning what the operating system says into an error that names the file, unless the machine is at its limits. */
async function readable<Result>(where: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (isShortage(cause)) throw cause;
    const received = unreadableReason(cause);
    throw new DamagedFileError({ where, kind: 'unreadable', expected: 'a file that can be read', received, cause });
  }
}
