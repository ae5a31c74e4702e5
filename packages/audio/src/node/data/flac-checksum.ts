/**
 * The MD5 that a FLAC file carries of its own samples, computed anew: finds damage that leaves the length as it was.
 *
 * Stands under `node/` because MD5 comes from Node's crypto.
 *
 * Source: RFC 9639, section 8.2: samples interleaved, little-endian, each in the fewest whole bytes that hold it.
 */
import { createHash } from 'node:crypto';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import type { DecodedFlac } from '../../data/flac.js';
import type { FlacHeader } from '../../data/flac-header.js';

/** The MD5 of samples that come frame by frame. */
export interface FlacChecksum {
  /** @param channels - whole numbers, as in `FlacFrame`. */
  readonly add: (channels: readonly Int32Array[]) => void;
  /** @throws {DamagedFileError} naming both checksums, if they differ; a header without one passes. */
  readonly check: (where: string) => void;
}

export function createFlacChecksum({ md5, bitsPerSample }: FlacHeader): FlacChecksum {
  const hash = createHash('md5');
  return {
    add: (channels) => {
      if (md5 !== undefined) hash.update(interleave(channels, bitsPerSample, 1));
    },
    check: (where) => {
      if (md5 !== undefined) refuseOther(hash.digest('hex'), md5, where);
    },
  };
}

/**
 * Refuses decoded audio whose MD5 is not the one in its header; passes files that carry none.
 *
 * @throws {DamagedFileError} naming both checksums.
 */
export function refuseWrongChecksum({ channels, header: { md5, bitsPerSample } }: DecodedFlac, where: string): void {
  if (md5 === undefined) return;
  const bytes = interleave(channels, bitsPerSample, 2 ** (bitsPerSample - 1));
  refuseOther(createHash('md5').update(bytes).digest('hex'), md5, where);
}

function refuseOther(received: string, md5: string, where: string): void {
  if (received === md5) return;
  throw new DamagedFileError({
    where,
    expected: `samples with the MD5 ${md5}, as STREAMINFO says`,
    received,
    fix: 'The file is damaged.',
  });
}

/** @param full - what a sample is multiplied by to be a whole number. */
function interleave(channels: readonly (Float32Array | Int32Array)[], bitsPerSample: number, full: number): Uint8Array {
  const bytesPerSample = Math.ceil(bitsPerSample / 8);
  const bytes = new Uint8Array((channels[0]?.length ?? 0) * channels.length * bytesPerSample);
  channels.forEach((samples, channel) => {
    let offset = channel * bytesPerSample;
    for (let index = 0; index < samples.length; index += 1) {
      const value = (samples[index] ?? 0) * full;
      for (let byte = 0; byte < bytesPerSample; byte += 1) bytes[offset + byte] = value >> (8 * byte);
      offset += channels.length * bytesPerSample;
    }
  });
  return bytes;
}
