/**
 * FLAC files: bytes to samples, by libFLAC compiled to WebAssembly (`@wasm-audio-decoders/flac`), in Node and browsers.
 *
 * The decoder skips over damage and goes on; this file does not let it: what comes out must have the rate, channels and
 * length that STREAMINFO promises. Damage that keeps the length is found by `node/data/flac-checksum.ts`.
 */
import { type FLACDecodedAudio, FLACDecoder } from '@wasm-audio-decoders/flac';
import { DamagedFileError } from './damaged-file-error.js';
import { type FlacHeader, readFlacHeader } from './flac-header.js';
import type { DecodedAudio } from './wav.js';

/** A decoded FLAC file with what its header says. */
export interface DecodedFlac extends DecodedAudio {
  readonly header: FlacHeader;
}

/**
 * Decodes a FLAC file of 4 to 24 bit.
 *
 * @param bytes - the whole file.
 * @param where - the file's name, for errors.
 * @returns channels as `value / 2^(bits - 1)`, exact in float32 and within [-1, 1); new arrays, owned by the caller.
 * @throws {DamagedFileError} if it is no FLAC file, a frame is damaged, or rate, channels or length differ from STREAMINFO.
 *
 * @example
 * const { sampleRateHz, channels, header } = await decodeFlac(bytes, '103-1240-0000.flac');
 */
export async function decodeFlac(bytes: Uint8Array, where: string): Promise<DecodedFlac> {
  const header = readFlacHeader(bytes, where);
  const decoded = await runDecoder(bytes.subarray(header.streamOffset), where);
  refuseDifferences(decoded, header, where);
  for (const samples of decoded.channelData) rescale(samples, header.bitsPerSample);
  return { sampleRateHz: header.sampleRateHz, channels: decoded.channelData, header };
}

async function runDecoder(stream: Uint8Array, where: string): Promise<FLACDecodedAudio> {
  const decoder = new FLACDecoder(); // one per file: `decodeFile` may not be entered twice at once
  await decoder.ready;
  try {
    return await decoder.decodeFile(stream);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DamagedFileError({ where, expected: 'FLAC frames', received: `frames the decoder fails on (${reason})` });
  } finally {
    decoder.free();
  }
}

function refuseDifferences(decoded: FLACDecodedAudio, header: FlacHeader, where: string): void {
  const [error] = decoded.errors;
  if (error !== undefined) {
    throw new DamagedFileError({
      where,
      expected: 'undamaged frames',
      received: `"${error.message}" in frame ${error.frameNumber}`,
    });
  }
  if (decoded.samplesDecoded !== (header.sampleCount ?? decoded.samplesDecoded)) {
    throw new DamagedFileError({
      where,
      expected: `${header.sampleCount} samples, as STREAMINFO says`,
      received: `${decoded.samplesDecoded}`,
      fix: 'The file is cut short or damaged.',
    });
  }
  if (decoded.samplesDecoded === 0) return; // then the decoder reports no rate or channels either
  const expected = `${header.channelCount} channels at ${header.sampleRateHz} Hz with ${header.bitsPerSample} bit, as STREAMINFO says`;
  const received = `${decoded.channelData.length} channels at ${decoded.sampleRate} Hz with ${decoded.bitDepth} bit`;
  if (expected.startsWith(received)) return;
  throw new DamagedFileError({ where, expected, received });
}

/** The decoder scales by 1 / (2^(bits-1) - 1), which lets the lowest value fall below -1; we scale by 1 / 2^(bits-1). */
function rescale(samples: Float32Array, bitsPerSample: number): void {
  const full = 2 ** (bitsPerSample - 1);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = Math.round((samples[index] ?? 0) * (full - 1)) / full;
  }
}
