/**
 * The two checksums of a FLAC frame: CRC-8 over its header, CRC-16 over all of it.
 *
 * Source: RFC 9639, sections 9.1.8 and 9.3.
 */

/** CRC-8 with the polynomial x^8 + x^2 + x + 1 over `bytes` from `start` up to, not including, `end`. */
export function headerChecksum(bytes: Uint8Array, start: number, end: number): number {
  let register = 0;
  for (let index = start; index < end; index += 1) register = table8[register ^ (bytes[index] ?? 0)] ?? 0;
  return register;
}

/** CRC-16 with the polynomial x^16 + x^15 + x^2 + 1, likewise. */
export function frameChecksum(bytes: Uint8Array, start: number, end: number): number {
  let register = 0;
  for (let index = start; index < end; index += 1) {
    register = ((register << 8) & 0xffff) ^ (table16[(register >> 8) ^ (bytes[index] ?? 0)] ?? 0);
  }
  return register;
}

const table8 = makeTable(8, 0x07);
const table16 = makeTable(16, 0x8005);

/** The checksum of each single byte. */
function makeTable(width: 8 | 16, polynomial: number): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let register = byte << (width - 8);
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = (register >> (width - 1)) & 1;
      register = ((register << 1) & (2 ** width - 1)) ^ (carry * polynomial);
    }
    return register;
  });
}
