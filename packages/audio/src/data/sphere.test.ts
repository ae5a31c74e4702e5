import { describe, expect, it } from 'vitest';
import { decodeSphere, readSphereHeader } from './sphere.js';
import { timitFields, writeSphere } from './test-support/sphere-writer.js';

describe('decodeSphere', () => {
  it('reads little-endian 0x4000 and 0x8000 as 0.5 and -1', () => {
    const { sampleRateHz, channels } = decodeSphere(writeSphere(timitFields(2), [0, 0x40, 0, 0x80]), 'sa1.wav');
    expect(sampleRateHz).toBe(16_000);
    expect([...(channels[0] ?? [])]).toEqual([0.5, -1]);
  });

  it('reads big-endian where the header says "10"', () => {
    const fields = timitFields(2).map((field) => field.replace('-s2 01', '-s2 10'));
    expect([...(decodeSphere(writeSphere(fields, [0x40, 0, 0x80, 0]), 'sa1.wav').channels[0] ?? [])]).toEqual([
      0.5, -1,
    ]);
  });

  it('refuses shorten compression and names sph2pipe', () => {
    const fields = [...timitFields(2), 'sample_coding -s26 pcm,embedded-shorten-v2.00'];
    expect(() => decodeSphere(writeSphere(fields, [0, 0, 0, 0]), 'sa1.wav')).toThrow(/sa1\.wav:.*shorten.*sph2pipe/);
  });

  it('refuses 2 bytes of samples where the header says 2 samples', () => {
    expect(() => decodeSphere(writeSphere(timitFields(2), [0, 0]), 'sa1.wav')).toThrow(
      /expected 4 bytes.*received 2 bytes/,
    );
  });

  it('reads a header of 200,000 bytes, of which one line holds 99,000 blanks', () => {
    const fields = [...timitFields(2), `comment -s4 a${' '.repeat(99_000)}b`];
    expect([...(decodeSphere(writeSphere(fields, [0, 0x40, 0, 0x80], 200_000), 'sa1.wav').channels[0] ?? [])]).toEqual([
      0.5, -1,
    ]);
  });

  it.each(['1e1', '0x2', ' 2', '-2', '1.5', ''])('refuses a sample count written as "%s"', (count) => {
    const fields = timitFields(2).map((field) => field.replace('sample_count -i 2', `sample_count -i ${count}`));
    expect(() => decodeSphere(writeSphere(fields, [0, 0, 0, 0]), 'sa1.wav')).toThrow(
      /whole number above 0 for sample_count/,
    );
  });
});

describe('readSphereHeader', () => {
  it('asks for more when the first 4,096 bytes end before a header of 8,192 does', () => {
    const bytes = writeSphere(timitFields(2), [0, 0, 0, 0], 8_192);
    expect(readSphereHeader(bytes.subarray(0, 4_096), bytes.length, 'sa1.wav')).toBeUndefined();
    expect(readSphereHeader(bytes, bytes.length, 'sa1.wav')?.sampleCount).toBe(2);
  });

  it('refuses a header of 8,192 bytes in a file of 4,096', () => {
    const bytes = writeSphere(timitFields(2), [], 8_192).subarray(0, 4_096);
    expect(() => readSphereHeader(bytes, 4_096, 'sa1.wav')).toThrow(/sa1\.wav: expected 8192 bytes.*cut short/);
  });
});
