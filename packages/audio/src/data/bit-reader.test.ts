import { describe, expect, it } from 'vitest';
import { BitReader } from './bit-reader.js';

const reader = (...bytes: number[]): BitReader => new BitReader(Uint8Array.from(bytes), 0, 'a.flac');

describe('BitReader', () => {
  it('reads 101, 00001 and 16 bits of 0xabcd in order, highest bit first', () => {
    const bits = reader(0b10100001, 0xab, 0xcd);
    expect([bits.unsigned(3), bits.unsigned(5), bits.unsigned(16)]).toEqual([5, 1, 0xabcd]);
  });

  it('reads 0 bits as 0 and 32 bits as up to 2^32 - 1', () => {
    const bits = reader(0xff, 0xff, 0xff, 0xff);
    expect([bits.unsigned(0), bits.unsigned(32)]).toEqual([0, 2 ** 32 - 1]);
  });

  it('reads 5 bits of ones as -1 and 10000 as -16', () => {
    const bits = reader(0b11111100, 0b00000000);
    expect([bits.signed(5), bits.unsigned(0), bits.signed(5), bits.signed(0)]).toEqual([-1, 0, -16, 0]);
  });

  it.each([0, 1, 7, 8, 23, 24, 31, 32, 39, 100])('counts %d zeros before a one, and reads on behind it', (zeros) => {
    const bits = Array.from({ length: 136 }, (_, bit) => (bit === zeros || bit === zeros + 2 ? 1 : 0));
    const bytes = Array.from({ length: 17 }, (_, byte) =>
      Number.parseInt(bits.slice(byte * 8, byte * 8 + 8).join(''), 2),
    );
    const run = reader(...bytes);
    expect([run.zeros(), run.unsigned(32)]).toEqual([zeros, 2 ** 30]);
  });

  it('steps from bit 3 to byte 1, and stays at a byte it stands on', () => {
    const bits = reader(0xff, 0x12);
    bits.unsigned(3);
    bits.align();
    bits.align();
    expect([bits.byteOffset, bits.unsigned(8)]).toEqual([1, 0x12]);
  });

  it('refuses a 9th bit of 1 byte, and a run of zeros without end', () => {
    expect(() => reader(0).unsigned(9)).toThrow('a.flac: expected more bits, received the end of the file at byte 1');
    expect(() => reader(0).zeros()).toThrow('cut short');
  });
});
