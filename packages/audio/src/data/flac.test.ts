import { describe, expect, it } from 'vitest';
import { decodeFlac } from './flac.js';
import { readFlacHeader } from './flac-header.js';
import { writeFlac } from './test-support/flac-writer.js';

const extremes = [-32_768, -32_767, -1, 0, 1, 16_384, 32_766, 32_767];
const sixteenBit = { sampleRateHz: 16_000, bitsPerSample: 16, channels: [extremes] } as const;

describe('decodeFlac', () => {
  it('gives 16 bit samples exactly as value / 32768, -32768 and 32767 included', () => {
    const { sampleRateHz, channels } = decodeFlac(writeFlac(sixteenBit), 'a.flac');
    expect(sampleRateHz).toBe(16_000);
    expect(channels.map((samples) => [...samples])).toEqual([extremes.map((value) => value / 32_768)]);
  });

  it('gives 24 bit samples exactly as value / 8388608', () => {
    const values = [-8_388_608, -8_388_607, -1, 0, 1, 4_194_304, 8_388_606, 8_388_607];
    const { channels } = decodeFlac(writeFlac({ ...sixteenBit, bitsPerSample: 24, channels: [values] }), 'a.flac');
    expect([...(channels[0] ?? [])]).toEqual(values.map((value) => value / 8_388_608));
  });

  it('gives 2 channels of 8 bit over 2 frames (5,000 samples)', () => {
    const left = Array.from({ length: 5_000 }, (_, index) => (index % 256) - 128);
    const right = left.map((value) => -1 - value);
    const { channels } = decodeFlac(
      writeFlac({ sampleRateHz: 8_000, bitsPerSample: 8, channels: [left, right] }),
      'a.flac',
    );
    expect(channels.map((samples) => [...samples])).toEqual([
      left.map((value) => value / 128),
      right.map((value) => value / 128),
    ]);
  });

  it('reads a file behind an ID3 tag of 16 bytes', () => {
    const tagged = Uint8Array.from([
      ...new TextEncoder().encode('ID3'),
      4,
      0,
      0,
      0,
      0,
      0,
      6,
      0,
      0,
      0,
      0,
      0,
      0,
      ...writeFlac(sixteenBit),
    ]);
    expect(decodeFlac(tagged, 'a.flac').channels[0]?.length).toBe(8);
  });

  it('refuses a file of 5,000 samples cut after its first frame of 4,096', () => {
    const whole = writeFlac({ ...sixteenBit, channels: [Array(5_000).fill(9)] });
    const cut = whole.subarray(0, whole.length - 1_000);
    expect(() => decodeFlac(cut, 'cut.flac')).toThrow(/cut\.flac, frame at byte 8245: expected more bits/);
  });

  it('refuses a file whose STREAMINFO says 9 samples for 8', () => {
    const bytes = writeFlac({ ...sixteenBit, statedSampleCount: 9 });
    expect(() => decodeFlac(bytes, 'a.flac')).toThrow('a.flac: expected 9 samples, as STREAMINFO says, received 8');
  });

  it('counts 8 samples where STREAMINFO leaves the length open', () => {
    expect(decodeFlac(writeFlac({ ...sixteenBit, statedSampleCount: 0 }), 'a.flac').channels[0]?.length).toBe(8);
  });

  it('refuses every change of one byte from the first frame on: checksums cover them all', () => {
    const whole = writeFlac(sixteenBit);
    for (let offset = 42; offset < whole.length; offset += 1) {
      const damaged = whole.slice();
      damaged[offset] = (damaged[offset] ?? 0) ^ 0x10;
      expect(() => decodeFlac(damaged, 'a.flac')).toThrow('a.flac, frame at byte 42');
    }
  });
});

describe('readFlacHeader', () => {
  it('reads rate, channels, bits and a length beyond 2^32 from 42 bytes', () => {
    const bytes = writeFlac(sixteenBit).slice(0, 42);
    bytes[21] = (bytes[21] ?? 0) | 1; // bit 32 of the sample count
    expect(readFlacHeader(bytes, 'a.flac')).toEqual({
      sampleRateHz: 16_000,
      channelCount: 1,
      bitsPerSample: 16,
      sampleCount: 2 ** 32 + 8,
      md5: undefined,
      streamOffset: 0,
    });
  });

  it('reads the 32 digits of an MD5', () => {
    const md5 = Uint8Array.from({ length: 16 }, (_, index) => index);
    expect(readFlacHeader(writeFlac({ ...sixteenBit, md5 }), 'a.flac').md5).toBe('000102030405060708090a0b0c0d0e0f');
  });

  it('says that a length of 0 is not known', () => {
    expect(readFlacHeader(writeFlac({ ...sixteenBit, statedSampleCount: 0 }), 'a.flac').sampleCount).toBeUndefined();
  });

  it.each([
    ['3 bytes', Uint8Array.of(1, 2, 3), /a\.flac: expected a FLAC file.*3 bytes/],
    ['an Ogg file', new TextEncoder().encode('OggS0000000000'), /OggS/],
    ['41 of its 42 bytes', writeFlac(sixteenBit).subarray(0, 41), /cut short/],
    ['a first block of type 4', Uint8Array.from([0x66, 0x4c, 0x61, 0x43, 4, 0, 0, 34]), /block of type 4/],
  ])('refuses %s', (_name, bytes, message) => {
    expect(() => readFlacHeader(bytes, 'a.flac')).toThrow(message);
  });
});
