import { describe, expect, it } from 'vitest';
import { MessageWriter } from './protobuf.js';

const bytes = (write: (message: MessageWriter) => MessageWriter) => Array.from(write(new MessageWriter()).finish());

describe('MessageWriter', () => {
  it("writes field 1 = 150 as 08 96 01, protobuf's own example", () => {
    expect(bytes((message) => message.integer(1, 150))).toEqual([0x08, 0x96, 0x01]);
  });

  it("writes field 2 = 'testing' as 12 07 and 7 letters", () => {
    expect(bytes((message) => message.text(2, 'testing'))).toEqual([0x12, 0x07, ...Buffer.from('testing')]);
  });

  it("writes a message with 150 in field 3 as 1a 03 08 96 01, protobuf's own example", () => {
    expect(bytes((message) => message.message(3, new MessageWriter().integer(1, 150)))).toEqual([
      0x1a, 0x03, 0x08, 0x96, 0x01,
    ]);
  });

  it('writes 0 in one byte, 127 in one, 128 in two', () => {
    expect(bytes((message) => message.integer(1, 0))).toEqual([0x08, 0x00]);
    expect(bytes((message) => message.integer(1, 127))).toEqual([0x08, 0x7f]);
    expect(bytes((message) => message.integer(1, 128))).toEqual([0x08, 0x80, 0x01]);
  });

  it('writes -1 in ten bytes, as the 64-bit complement', () => {
    expect(bytes((message) => message.integer(1, -1))).toEqual([0x08, ...new Array<number>(9).fill(0xff), 0x01]);
  });

  it('keeps every bit of -(2 ** 63) and 2 ** 63 - 1', () => {
    expect(bytes((message) => message.integer(1, -(2n ** 63n)))).toEqual([
      0x08,
      ...new Array<number>(9).fill(0x80),
      0x01,
    ]);
    expect(bytes((message) => message.integer(1, 2n ** 63n - 1n))).toEqual([
      0x08,
      ...new Array<number>(8).fill(0xff),
      0x7f,
    ]);
  });

  it('takes two bytes for a field number above 15', () => {
    expect(bytes((message) => message.integer(20, 1))).toEqual([0xa0, 0x01, 0x01]);
  });

  it('writes 1.5 as the little-endian bytes 00 00 c0 3f', () => {
    expect(bytes((message) => message.float(2, 1.5))).toEqual([0x15, 0x00, 0x00, 0xc0, 0x3f]);
  });

  it('writes ä in two bytes and counts bytes, not letters', () => {
    expect(bytes((message) => message.text(1, 'ä'))).toEqual([0x0a, 0x02, 0xc3, 0xa4]);
  });

  it('writes only the part of a buffer that an array shows', () => {
    const part = new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2);
    expect(bytes((message) => message.bytes(1, part))).toEqual([0x0a, 0x02, 2, 3]);
  });
});
