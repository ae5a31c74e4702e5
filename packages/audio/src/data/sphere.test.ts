import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { decodeSphere, isSphere } from './sphere.js';
import { damageBytes, outcomeOf } from './test-support/damage.js';

function sphere(fields: readonly string[], body: readonly number[]): Uint8Array {
  const header = `NIST_1A\n   1024\n${fields.join('\n')}\nend_head\n`.padEnd(1_024, ' ');
  return Uint8Array.from([...new TextEncoder().encode(header), ...body]);
}

const timitFields = [
  'channel_count -i 1',
  'sample_count -i 2',
  'sample_rate -i 16000',
  'sample_n_bytes -i 2',
  'sample_byte_format -s2 01',
  'sample_sig_bits -i 16',
];

describe('decodeSphere', () => {
  it('reads little-endian 0x4000 and 0x8000 as 0.5 and -1', () => {
    const { sampleRateHz, channels } = decodeSphere(sphere(timitFields, [0, 0x40, 0, 0x80]), 'sa1.wav');
    expect(sampleRateHz).toBe(16_000);
    expect([...(channels[0] ?? [])]).toEqual([0.5, -1]);
  });

  it('reads big-endian where the header says "10"', () => {
    const fields = timitFields.map((field) => field.replace('-s2 01', '-s2 10'));
    expect([...(decodeSphere(sphere(fields, [0x40, 0, 0x80, 0]), 'sa1.wav').channels[0] ?? [])]).toEqual([0.5, -1]);
  });

  it('refuses shorten compression and names sph2pipe', () => {
    const fields = [...timitFields, 'sample_coding -s26 pcm,embedded-shorten-v2.00'];
    expect(() => decodeSphere(sphere(fields, [0, 0, 0, 0]), 'sa1.wav')).toThrow(/sa1\.wav:.*shorten.*sph2pipe/);
  });

  it('refuses 2 bytes of samples where the header says 2 samples', () => {
    expect(() => decodeSphere(sphere(timitFields, [0, 0]), 'sa1.wav')).toThrow(/expected 4 bytes.*received 2 bytes/);
  });

  it('reads or refuses by name each of 2,000 damaged files', () => {
    const random = createRandom(2);
    const file = sphere(timitFields, [0, 0x40, 0, 0x80]);
    const outcomes = Array.from({ length: 2_000 }, () => {
      const damaged = damageBytes(file.subarray(0), random);
      if (!isSphere(damaged)) return 'refused';
      return outcomeOf(() => void decodeSphere(damaged, 'damaged.wav'), 'damaged.wav');
    });
    expect(outcomes.filter((outcome) => outcome === 'refused').length).toBeGreaterThan(300);
  });
});
