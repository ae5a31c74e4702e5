import { describe, expect, it } from 'vitest';
import type { Chunk } from './test-support/wav-writer.js';
import { extensibleFormat, format, long, longSizes, riff, text, word } from './test-support/wav-writer.js';
import { decodeWav, encodeWav, mixToMono } from './wav.js';
import { readWavHeader } from './wav-header.js';

const floatBytes = (value: number, bits: 32 | 64): number[] => {
  const view = new DataView(new ArrayBuffer(bits / 8));
  if (bits === 32) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return [...new Uint8Array(view.buffer)];
};

const samplesOf = (bytes: Uint8Array): number[] => [...(decodeWav(bytes, 'a.wav').channels[0] ?? [])];

describe('decodeWav', () => {
  const cases: readonly [string, Chunk, number[], number[]][] = [
    ['8 bit: 0, 128, 255 as -1, 0, 127/128', format(1, 1, 8), [0, 128, 255], [-1, 0, 127 / 128]],
    [
      '16 bit: -32768, 1, 32767 as -1, 1/32768, 32767/32768',
      format(1, 1, 16),
      [...word(-32_768), ...word(1), ...word(32_767)],
      [-1, 1 / 32_768, 32_767 / 32_768],
    ],
    [
      '24 bit: -8388608, 1, -1 as -1, 2^-23, -2^-23',
      format(1, 1, 24),
      [0, 0, 0x80, 1, 0, 0, 255, 255, 255],
      [-1, 2 ** -23, -(2 ** -23)],
    ],
    ['32 bit: -2^31 and 2^30 as -1 and 0.5', format(1, 1, 32), [...long(-(2 ** 31)), ...long(2 ** 30)], [-1, 0.5]],
    [
      'float of 32 bit: 0.25 and -1.5 as they are',
      format(3, 1, 32),
      [...floatBytes(0.25, 32), ...floatBytes(-1.5, 32)],
      [0.25, -1.5],
    ],
    ['float of 64 bit: 0.25 as it is', format(3, 1, 64), floatBytes(0.25, 64), [0.25]],
  ];
  it.each(cases)('reads %s', (_name, fmt, body, expected) => {
    expect(samplesOf(riff([fmt, { name: 'data', body }]))).toEqual(expected);
  });

  it('separates 2 channels: 1, 2, 3, 4 become [1, 3] and [2, 4], in 32768ths', () => {
    const { channels } = decodeWav(
      riff([format(1, 2, 16), { name: 'data', body: [1, 2, 3, 4].flatMap(word) }]),
      'a.wav',
    );
    expect(channels.map((samples) => [...samples].map((sample) => sample * 32_768))).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('steps over a chunk of 3 bytes and its byte of padding', () => {
    const bytes = riff([{ name: 'LIST', body: [1, 2, 3] }, format(1, 1, 16), { name: 'data', body: word(16_384) }]);
    expect(samplesOf(bytes)).toEqual([0.5]);
  });

  it('reads 16 bit PCM behind the extensible format 0xFFFE', () => {
    expect(samplesOf(riff([extensibleFormat(), { name: 'data', body: word(16_384) }]))).toEqual([0.5]);
  });

  it('takes the length of an RF64 file from its ds64 chunk', () => {
    const bytes = riff(
      [longSizes(4), format(1, 1, 16), { name: 'data', body: [1, 2, 3].flatMap(word), size: 0xffff_ffff }],
      'RF64',
      0xffff_ffff,
    );
    expect(samplesOf(bytes).length).toBe(2);
  });

  it.each([0xffff_ffff, 0x7fff_ffff, 0])('reads to the end of a file that a pipe left with the size %d', (size) => {
    const bytes = riff([format(1, 1, 16), { name: 'data', body: [1, 2, 3].flatMap(word), size }], 'RIFF', size);
    expect(samplesOf(bytes).length).toBe(3);
  });

  it('leaves an odd byte behind the last whole frame unread', () => {
    expect(samplesOf(riff([format(1, 1, 16), { name: 'data', body: [0, 0x40, 7] }]))).toEqual([0.5]);
  });

  it('reads no samples from an empty data chunk', () => {
    expect(samplesOf(riff([format(1, 1, 16), { name: 'data', body: [] }]))).toEqual([]);
  });

  it.each([
    ['a file of 3 bytes', Uint8Array.of(1, 2, 3), /a\.wav: expected a WAV file.*3 bytes/],
    ['an AIFF file', Uint8Array.from(text('FORM0000AIFF0000')), /a\.wav: expected a WAV file.*FORMAIFF/],
    ['a file without samples', riff([format(1, 1, 16)]), /expected a "data" chunk/],
    ['samples before their format', riff([{ name: 'data', body: [0, 0] }]), /"fmt " chunk before the "data"/],
    [
      'a format tag 85 (MP3)',
      riff([format(85, 1, 16), { name: 'data', body: [0, 0] }]),
      /format tag 85 with 16 bit.*ffmpeg/,
    ],
    [
      'a data chunk of 10 bytes that says 400',
      riff([format(1, 1, 16), { name: 'data', body: Array(10).fill(0), size: 400 }]),
      /expected 400 bytes.*received 10 bytes/,
    ],
    ['no channels', riff([format(1, 0, 16), { name: 'data', body: [] }]), /at least 1 channel/],
    ['a rate of 0 Hz', riff([format(1, 1, 16, 0), { name: 'data', body: [] }]), /sample rate above 0/],
    [
      'a float that is not a number',
      riff([format(3, 1, 32), { name: 'data', body: floatBytes(Number.NaN, 32) }]),
      /finite samples of at most 2\^31, received NaN at sample 0/,
    ],
    [
      'a float of 3e38, which would overflow when resampled',
      riff([format(3, 1, 32), { name: 'data', body: [...floatBytes(2 ** 31, 32), ...floatBytes(3e38, 32)] }]),
      /at most 2\^31, received [23]\.?\d*e\+38 at sample 1/,
    ],
  ])('refuses %s, naming the file', (_name, bytes, message) => {
    expect(() => decodeWav(bytes, 'a.wav')).toThrow(message);
  });
});

describe('readWavHeader', () => {
  const bytes = riff([
    format(1, 1, 16),
    { name: 'LIST', body: Array(5_000).fill(0) },
    { name: 'data', body: Array(8).fill(0) },
  ]);

  it('finds 4 samples given the whole file', () => {
    expect(readWavHeader(bytes, bytes.length, 'a.wav')?.sampleCount).toBe(4);
  });

  it('asks for more when the first 4,096 bytes end before the samples', () => {
    expect(readWavHeader(bytes.subarray(0, 4_096), bytes.length, 'a.wav')).toBeUndefined();
  });
});

describe('encodeWav', () => {
  it('gives back 16 bit samples to the bit, for all 65,536 levels', () => {
    const samples = Float32Array.from({ length: 65_536 }, (_, level) => (level - 32_768) / 32_768);
    const decoded = decodeWav(encodeWav({ sampleRateHz: 16_000, channels: [samples] }), 'a.wav');
    expect(decoded.sampleRateHz).toBe(16_000);
    expect(decoded.channels[0]).toEqual(samples);
  });

  it('gives back 2 channels of float32 to the bit', () => {
    const channels = [Float32Array.of(0.1, -2), Float32Array.of(1e-9, 3)];
    expect(decodeWav(encodeWav({ sampleRateHz: 44_100, channels }, 'float-32'), 'a.wav').channels).toEqual(channels);
  });

  it('clips 1.5 and -1.5 to 32767 and -32768 in 16 bit', () => {
    expect(samplesOf(encodeWav({ sampleRateHz: 8_000, channels: [Float32Array.of(1.5, -1.5)] }))).toEqual([
      32_767 / 32_768,
      -1,
    ]);
  });

  it('refuses channels of 1 and 2 samples', () => {
    expect(() => encodeWav({ sampleRateHz: 8_000, channels: [new Float32Array(1), new Float32Array(2)] })).toThrow(
      'lengths [1, 2]',
    );
  });
});

describe('mixToMono', () => {
  it('averages 0.5 and -0.25 to 0.125', () => {
    expect([...mixToMono([Float32Array.of(0.5), Float32Array.of(-0.25)])]).toEqual([0.125]);
  });

  it('refuses no channel', () => {
    expect(() => mixToMono([])).toThrow('at least 1 channel');
  });
});
