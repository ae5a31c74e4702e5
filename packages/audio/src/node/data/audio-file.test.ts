import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { decodeFlac } from '../../data/flac.js';
import { writeFlac } from '../../data/test-support/flac-writer.js';
import { timitFields, writeSphere } from '../../data/test-support/sphere-writer.js';
import { encodeWav } from '../../data/wav.js';
import { inspectAudioFile, readAudioFile } from './audio-file.js';
import { refuseWrongChecksum } from './flac-checksum.js';

/** Written by libFLAC 1.4 from 800 samples each: every way it codes channels, and the kinds of subframe. */
const fixtures = join(import.meta.dirname, 'fixtures');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-audio-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

describe('readAudioFile', () => {
  it.each([
    ['constant-16.flac', 16_000, 1],
    ['left-side-16.flac', 16_000, 2],
    ['mid-side-16.flac', 16_000, 2],
    ['noise-16.flac', 11_127, 1],
    ['side-right-16.flac', 44_100, 2],
    ['sine-24.flac', 48_000, 1],
    ['sine-8.flac', 8_000, 1],
    ['wasted-bits-16.flac', 16_000, 1],
  ])('decodes 800 samples of %s to the MD5 that libFLAC wrote', async (name, rateHz, channelCount) => {
    const { sampleRateHz, channels } = await readAudioFile(join(fixtures, name), name);
    expect(sampleRateHz).toBe(rateHz);
    expect(channels.map((samples) => samples.length)).toEqual(Array(channelCount).fill(800));
  });

  it('gives a constant of -123 as -123 / 32768', async () => {
    const { channels } = await readAudioFile(join(fixtures, 'constant-16.flac'), 'constant');
    expect([...new Set(channels[0])]).toEqual([-123 / 32_768]);
  });

  it('refuses a FLAC file whose samples differ from its MD5 by one', async () => {
    const { channels, header, sampleRateHz } = decodeFlac(await readFile(join(fixtures, 'mid-side-16.flac')), 'a.flac');
    const samples = channels[1] ?? new Float32Array(0);
    samples[799] = (samples[799] ?? 0) + 1 / 32_768;
    expect(() => refuseWrongChecksum({ channels, header, sampleRateHz }, 'a.flac')).toThrow(
      `a.flac: expected samples with the MD5 ${header.md5}`,
    );
  });

  it('reads WAV bytes in a file called .flac: content counts, not the name', async () => {
    const path = await written('wav.flac', encodeWav({ sampleRateHz: 8_000, channels: [new Float32Array(5)] }));
    expect((await readAudioFile(path, 'wav.flac')).channels[0]?.length).toBe(5);
  });

  it('says which file is not there', async () => {
    await expect(readAudioFile(join(folder, 'none.wav'), 'none.wav')).rejects.toThrow(
      /^none\.wav: expected a file that can be read, received no such file or folder \(ENOENT\)/,
    );
  });
});

describe('inspectAudioFile', () => {
  it('finds rate and length of a FLAC file without decoding it', async () => {
    const facts = await inspectAudioFile(join(fixtures, 'sine-24.flac'), 'sine-24.flac');
    expect(facts).toMatchObject({ sampleRateHz: 48_000, sampleCount: 800 });
  });

  it('decodes a FLAC file that leaves its length open', async () => {
    const flac = { sampleRateHz: 16_000, bitsPerSample: 16, channels: [[1, 2, 3]], statedSampleCount: 0 } as const;
    expect((await inspectAudioFile(await written('open.flac', writeFlac(flac)), 'open')).sampleCount).toBe(3);
  });

  it('finds 2 samples behind a SPHERE header of 8,192 bytes, twice what it looks at first', async () => {
    const path = await written('long-header.wav', writeSphere(timitFields(2), [0, 0, 0, 0], 8_192));
    expect(await inspectAudioFile(path, 'a')).toMatchObject({ sampleRateHz: 16_000, sampleCount: 2 });
  });

  it('refuses a FLAC file of 59 bytes that claims 4,000,000,000 samples: 6 frames hold 393,216 at most', async () => {
    const flac = { sampleRateHz: 16_000, bitsPerSample: 16, channels: [[1, 2, 3]], statedSampleCount: 4e9 } as const;
    const bytes = writeFlac(flac);
    expect(bytes.length).toBe(59);
    await expect(inspectAudioFile(await written('claims.flac', bytes), 'claims.flac')).rejects.toThrow(
      'claims.flac: expected at most 393216 samples in a FLAC file of 59 bytes, received 4000000000, as STREAMINFO says',
    );
  });

  it('gives files that differ in their last sample different digests', async () => {
    const samples = new Float32Array(10_000);
    const first = await inspectAudioFile(
      await written('1.wav', encodeWav({ sampleRateHz: 16_000, channels: [samples] })),
      '1',
    );
    samples[9_999] = 0.5;
    const second = await inspectAudioFile(
      await written('2.wav', encodeWav({ sampleRateHz: 16_000, channels: [samples] })),
      '2',
    );
    expect(first.byteLength).toBe(second.byteLength);
    expect(first.digest).not.toBe(second.digest);
  });

  it('refuses an empty file by name', async () => {
    const error = await inspectAudioFile(await written('empty.wav', new Uint8Array()), 'empty.wav').catch(
      (reason: unknown) => reason,
    );
    expect(DamagedFileError.isInstance(error)).toBe(true);
    expect(String(error)).toContain('empty.wav: expected a WAV file');
  });
});
