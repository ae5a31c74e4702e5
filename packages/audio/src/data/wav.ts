/**
 * WAV files: bytes to samples and back.
 *
 * Knows nothing of files on disk, corpora or the 16 kHz that models want: see `node/data/corpus.ts` and `resample.ts`.
 *
 * Integers of b bits become `value / 2^(b-1)`, which for 8, 16 and 24 bit is exact in float32 and lies in [-1, 1).
 */
import { CpcArgumentError } from '@cpc/core';
import { DamagedFileError } from './damaged-file-error.js';
import { readWavHeader, type WavEncoding, type WavHeader } from './wav-header.js';

/** Samples of one recording, channel by channel, all channels of one length. */
export interface DecodedAudio {
  readonly sampleRateHz: number;
  /** At least one; each `[samples]` float32, integer sources within [-1, 1). */
  readonly channels: readonly Float32Array[];
}

type SampleReader = (view: DataView, offset: number) => number;

const sampleReaders: Readonly<Record<WavEncoding, SampleReader>> = {
  'pcm-8': (view, offset) => (view.getUint8(offset) - 128) / 128, // the only unsigned one
  'pcm-16': (view, offset) => view.getInt16(offset, true) / 32_768,
  'pcm-24': (view, offset) => (view.getInt16(offset + 1, true) * 256 + view.getUint8(offset)) / 8_388_608,
  'pcm-32': (view, offset) => view.getInt32(offset, true) / 2_147_483_648,
  'float-32': (view, offset) => view.getFloat32(offset, true),
  'float-64': (view, offset) => view.getFloat64(offset, true),
};

/**
 * Decodes a WAV file: RIFF or RF64; PCM of 8, 16, 24 or 32 bit; float of 32 or 64 bit; plain or extensible headers.
 *
 * Sizes that a writer to a pipe left unfilled (0, or near 2^31 or 2^32) are taken as "until the end of the file".
 *
 * @param bytes - the whole file.
 * @param where - the file's name, for errors.
 * @returns new arrays, owned by the caller; empty ones for a file without samples.
 * @throws {DamagedFileError} if the file is no WAV, is cut short, holds another encoding, or a float that is not finite or
 *   beyond 2^31.
 *
 * @example
 * const { sampleRateHz, channels } = decodeWav(bytes, 'hello.wav');
 */
export function decodeWav(bytes: Uint8Array, where: string): DecodedAudio {
  const header = readWavHeader(bytes, bytes.byteLength, where);
  if (header === undefined) {
    throw new DamagedFileError({ where, expected: 'a "data" chunk', received: 'chunks that end before it' });
  }
  return decodeWavSamples(bytes, header, where);
}

/**
 * Decodes samples whose header has been read: all of a file, or a part of it.
 *
 * @param bytes - from the start of which `header.dataOffset` counts; for a part, give a header with its own offset and count.
 * @param firstSample - of the file, that the part begins with; for errors.
 * @throws {DamagedFileError} for a float that is not finite or beyond 2^31.
 */
export function decodeWavSamples(bytes: Uint8Array, header: WavHeader, where: string, firstSample = 0): DecodedAudio {
  const channels = Array.from({ length: header.channelCount }, (_, channel) => decodeChannel(bytes, header, channel));
  for (const samples of channels) refuseNoSamples(samples, where, firstSample);
  return { sampleRateHz: header.sampleRateHz, channels };
}

function decodeChannel(bytes: Uint8Array, header: WavHeader, channel: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readSample = sampleReaders[header.encoding];
  const stride = header.channelCount * header.bytesPerSample;
  const samples = new Float32Array(header.sampleCount);
  let offset = header.dataOffset + channel * header.bytesPerSample;
  for (let index = 0; index < samples.length; index += 1, offset += stride) samples[index] = readSample(view, offset);
  return samples;
}

/** The loudest that whole numbers of 32 bits can be; floats beyond it are damage, and would overflow when resampled. */
const loudest = 2 ** 31;

function refuseNoSamples(samples: Float32Array, where: string, firstSample: number): void {
  const index = samples.findIndex((sample) => !(Math.abs(sample) <= loudest)); // true for NaN too
  if (index === -1) return;
  const received = `${samples[index]} at sample ${firstSample + index}`;
  throw new DamagedFileError({ where, expected: 'finite samples of at most 2^31', received });
}

/**
 * Writes a WAV file of 16 bit PCM or 32 bit float.
 *
 * @param audio - channels of one length; samples beyond [-1, 1) are clipped to it in 16 bit.
 * @param encoding - `'pcm-16'` (default) rounds to the nearest of 65,536 levels; `'float-32'` keeps every bit.
 * @returns the whole file, owned by the caller.
 * @throws {CpcArgumentError} if there is no channel, channels differ in length, or the rate is not a whole number of Hz.
 *
 * @example
 * writeFileSync('tone.wav', encodeWav({ sampleRateHz: 16_000, channels: [samples] }));
 */
export function encodeWav(audio: DecodedAudio, encoding: 'pcm-16' | 'float-32' = 'pcm-16'): Uint8Array {
  const sampleCount = checkedSampleCount(audio);
  const bytesPerSample = encoding === 'pcm-16' ? 2 : 4;
  const frameBytes = audio.channels.length * bytesPerSample;
  const view = new DataView(new ArrayBuffer(44 + sampleCount * frameBytes));
  writeHeader(view, {
    sampleRateHz: audio.sampleRateHz,
    channelCount: audio.channels.length,
    bytesPerSample,
    encoding,
  });
  audio.channels.forEach((samples, channel) => {
    let offset = 44 + channel * bytesPerSample;
    for (const sample of samples) {
      if (encoding === 'pcm-16') view.setInt16(offset, toInt16(sample), true);
      else view.setFloat32(offset, sample, true);
      offset += frameBytes;
    }
  });
  return new Uint8Array(view.buffer);
}

function checkedSampleCount({ channels, sampleRateHz }: DecodedAudio): number {
  if (!Number.isInteger(sampleRateHz) || sampleRateHz <= 0) {
    throw new CpcArgumentError({
      argument: 'sampleRateHz',
      where: 'encodeWav',
      expected: 'a sample rate as a whole number of Hz above 0',
      received: sampleRateHz,
    });
  }
  return commonLength('encodeWav', channels);
}

function commonLength(caller: string, channels: readonly Float32Array[]): number {
  const lengths = channels.map((samples) => samples.length);
  const [first] = lengths;
  if (first !== undefined && lengths.every((length) => length === first)) return first;
  throw new CpcArgumentError({
    argument: 'channels',
    where: caller,
    expected: 'at least 1 channel and all of one length',
    received: `lengths [${lengths.join(', ')}]`,
  });
}

function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
}

interface PlainHeader {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly bytesPerSample: number;
  readonly encoding: 'pcm-16' | 'float-32';
}

function writeHeader(view: DataView, header: PlainHeader): void {
  const frameBytes = header.channelCount * header.bytesPerSample;
  writeText(view, 0, 'RIFF');
  view.setUint32(4, view.byteLength - 8, true);
  writeText(view, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, header.encoding === 'pcm-16' ? 1 : 3, true);
  view.setUint16(22, header.channelCount, true);
  view.setUint32(24, header.sampleRateHz, true);
  view.setUint32(28, header.sampleRateHz * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, header.bytesPerSample * 8, true);
  writeText(view, 36, 'data');
  view.setUint32(40, view.byteLength - 44, true);
}

function writeText(view: DataView, offset: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) view.setUint8(offset + index, text.charCodeAt(index));
}

/**
 * The mean over channels, sample by sample.
 *
 * @param channels - at least one, all of one length.
 * @returns `[samples]`; the very channel given if there is only one, else a new array.
 * @throws {CpcArgumentError} if there is no channel or the lengths differ.
 */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const sampleCount = commonLength('mixToMono', channels);
  const [first, ...others] = channels;
  if (first !== undefined && others.length === 0) return first;
  const mean = new Float32Array(sampleCount);
  for (let index = 0; index < sampleCount; index += 1) {
    let sum = 0;
    for (const samples of channels) sum += samples[index] ?? 0;
    mean[index] = sum / channels.length;
  }
  return mean;
}
