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

/**
 * Refuses decoded audio whose MD5 is not the one in its header; passes files that carry none.
 *
 * @throws {DamagedFileError} naming both checksums.
 */
export function refuseWrongChecksum({ channels, header }: DecodedFlac, where: string): void {
  if (header.md5 === undefined) return;
  const received = createHash('md5').update(interleave(channels, header.bitsPerSample)).digest('hex');
  if (received === header.md5) return;
  throw new DamagedFileError({
    where,
    expected: `samples with the MD5 ${header.md5}, as STREAMINFO says`,
    received,
    fix: 'The file is damaged.',
  });
}

function interleave(channels: readonly Float32Array[], bitsPerSample: number): Uint8Array {
  const bytesPerSample = Math.ceil(bitsPerSample / 8);
  const full = 2 ** (bitsPerSample - 1);
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
