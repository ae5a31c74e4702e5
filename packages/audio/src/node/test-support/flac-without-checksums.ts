/** Stands in for FLAC's checksums: every one that is read is the one expected, since it is taken from where it will be read. */

/** In place of the CRC-8 of a frame's header. */
export function headerChecksum(bytes: Uint8Array, _start: number, end: number): number {
  return bytes[end] ?? 0;
}

/** In place of the CRC-16 of a frame. */
export function frameChecksum(bytes: Uint8Array, _start: number, end: number): number {
  return (bytes[end] ?? 0) * 256 + (bytes[end + 1] ?? 0);
}

/** In place of the MD5 of all samples. */
export function refuseWrongChecksum(): void {}
