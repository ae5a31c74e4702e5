import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRandom } from '@cpc/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { writeFlac } from '../../data/test-support/flac-writer.js';
import { encodeWav } from '../../data/wav.js';
import { speechOf } from '../open-data.js';
import { openSpeechCorpus } from './corpus.js';
import { corpusOfFolder } from './folder-corpus.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-folder-corpus-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

function noise(length: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => Math.round(3000 * random.normal()) / 32_768);
}

const wav = (length: number, sampleRateHz = 16_000): Uint8Array =>
  encodeWav({ sampleRateHz, channels: [noise(length, length)] });

const flac = (length: number): Uint8Array => {
  const samples = [...noise(length, length)].map((value) => value * 32_768);
  return writeFlac({ sampleRateHz: 16_000, bitsPerSample: 16, channels: [samples] });
};

describe('corpusOfFolder', () => {
  it.each([600, 0])(
    'gives the same samples of 3 files from contents that crossed into a thread, and the same lists (parts above %d s)',
    async (longSeconds) => {
      await put('anna/a.wav', wav(3000));
      await put('anna/b.flac', flac(5000));
      await put('ben/c.wav', wav(2000, 11_025));
      await put('ben/d.wav', wav(2000).subarray(0, 1000)); // cut short
      const opened = await openSpeechCorpus(folder, { longSeconds });
      const again = corpusOfFolder(structuredClone(opened.contents));
      const { read: _, ...facts } = opened;
      expect(again).toMatchObject(facts);
      expect([again.recordings.length, again.skipped.length]).toEqual([3, 1]);
      for (const index of again.recordings.keys()) {
        const whole = await opened.read(index);
        expect(await again.read(index, 700, 900)).toEqual(whole.slice(700, 1600));
        expect(await again.read(index)).toEqual(whole);
      }
    },
  );

  it('looks at no file before it is read: 1 that is gone since then fails as unreadable, by name', async () => {
    await put('a.wav', wav(100));
    const { contents } = await openSpeechCorpus(folder);
    await rm(join(folder, 'a.wav'));
    const again = corpusOfFolder(contents);
    expect(again.recordings).toHaveLength(1);
    await expect(again.read(0)).rejects.toMatchObject({ name: 'DamagedFileError', kind: 'unreadable', where: 'a.wav' });
  });

  it.each([
    [1, 2],
    [2, 1],
  ])('opened by %d threads keeps %d of 2 recordings, where it has room for both alone', async (threads, kept) => {
    await put('a.wav', wav(200));
    await put('b.wav', wav(200));
    const { contents } = await openSpeechCorpus(folder, { cacheBytes: 2 * 400 });
    const corpus = speechOf({ kind: 'folder', contents }, threads);
    for (const index of [0, 1]) await corpus.read(index);
    await Promise.all(['a.wav', 'b.wav'].map((name) => rm(join(folder, name))));
    const reads = await Promise.allSettled([0, 1].map((index) => corpus.read(index)));
    expect(reads.filter(({ status }) => status === 'fulfilled')).toHaveLength(kept);
  });
});

describe('the kind of a DamagedFileError', () => {
  const kindOf = (error: unknown) => (DamagedFileError.isInstance(error) ? error.kind : error);
  const kindOfReading = async (change: () => Promise<void>, longSeconds = 600): Promise<unknown> => {
    const corpus = await openSpeechCorpus(folder, { longSeconds, cacheBytes: 0 });
    await change();
    return corpus.read(0, 10, 20).catch(kindOf);
  };

  it.each([600, 0])(
    'is `changed` where a whole WAV file of 3,000 samples now has 2,000 (parts above %d s)',
    async (long) => {
      await put('a.wav', wav(3000));
      expect(await kindOfReading(() => put('a.wav', wav(2000)), long)).toBe('changed');
    },
  );

  it.each([600, 0])(
    'is `changed` where a file of 16,000 Hz is now one of 8,000 Hz (parts above %d s)',
    async (long) => {
      await put('a.wav', wav(3000));
      expect(await kindOfReading(() => put('a.wav', wav(3000, 8000)), long)).toBe('changed');
    },
  );

  it.each([600, 0])('is `unreadable` where the file is gone (parts above %d s)', async (long) => {
    await put('a.wav', wav(3000));
    expect(await kindOfReading(() => rm(join(folder, 'a.wav')), long)).toBe('unreadable');
  });

  it.each([600, 0])('is `unreadable` where a folder has taken its place (parts above %d s)', async (long) => {
    await put('a.wav', wav(3000));
    const replace = async () => {
      await rm(join(folder, 'a.wav'));
      await mkdir(join(folder, 'a.wav'));
    };
    expect(await kindOfReading(replace, long)).toBe('unreadable');
  });

  it.each([600, 0])('is `damaged` where 1 sample of a float WAV is no number (parts above %d s)', async (long) => {
    const bytes = encodeWav({ sampleRateHz: 16_000, channels: [noise(100, 1)] }, 'float-32');
    new DataView(bytes.buffer).setFloat32(44 + 4 * 20, Number.NaN, true);
    await put('a.wav', bytes);
    expect(await kindOfReading(async () => undefined, long)).toBe('damaged');
  });

  it('is `damaged` where 1 bit of a FLAC frame is wrong', async () => {
    const bytes = flac(5000);
    bytes[9000] = (bytes[9000] ?? 0) ^ 1;
    await put('a.flac', bytes);
    expect(await kindOfReading(async () => undefined)).toBe('damaged');
  });
});
