import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRandom } from '@cpc/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFlac } from '../../data/test-support/flac-writer.js';
import { encodeWav } from '../../data/wav.js';
import { openSpeechCorpus } from './corpus.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-corpus-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

const wav = (length: number, value = 0.5, sampleRateHz = 16_000): Uint8Array =>
  encodeWav({ sampleRateHz, channels: [new Float32Array(length).fill(value)] });
/** A SPHERE file of one channel. */
function sphere(samples: Float32Array): Uint8Array {
  const fields = [`sample_count -i ${samples.length}`, 'sample_n_bytes -i 2', 'channel_count -i 1'];
  const lines = [...fields, 'sample_byte_format -s2 01', 'sample_rate -i 16000', 'sample_coding -s3 pcm', 'end_head'];
  const header = `NIST_1A\n   1024\n${lines.join('\n')}\n`.padEnd(1024, ' ');
  const data = Int16Array.from(samples, (value) => 32_768 * value);
  return Buffer.concat([Buffer.from(header), Buffer.from(data.buffer)]);
}

const flac = (length: number): Uint8Array =>
  writeFlac({ sampleRateHz: 16_000, bitsPerSample: 16, channels: [new Array(length).fill(16_384)] });

describe('openSpeechCorpus', () => {
  it('lists 3 recordings of a LibriSpeech tree in order of id, with length and speaker', async () => {
    await put('1/20-1-0000.flac', flac(160)); // in a folder that comes first
    await put('103/7/103-7-0001.flac', flac(320));
    await put('103/7/103-7-0000.flac', flac(16_000));
    await put('103/7/103-7.trans.txt', 'text');
    const corpus = await openSpeechCorpus(folder);
    expect(corpus.layout).toBe('librispeech');
    expect(corpus.recordings.map(({ id, speaker, sampleCount }) => [id, speaker, sampleCount])).toEqual([
      ['103-7-0000', '103', 16_000],
      ['103-7-0001', '103', 320],
      ['20-1-0000', '20', 160],
    ]);
    expect(corpus.recordings[0]).toMatchObject({
      durationSeconds: 1,
      path: '103/7/103-7-0000.flac',
      attributes: { chapter: '7' },
    });
    expect(corpus.speakers).toEqual(['103', '20']);
  });

  it('reads 160 samples of 0.5 from FLAC and 8 kHz WAV alike, the latter as 16 kHz', async () => {
    await put('a/one.flac', flac(160));
    await put('b/two.wav', wav(80, 0.5, 8_000));
    const corpus = await openSpeechCorpus(folder);
    const [one, two] = [await corpus.read(0), await corpus.read(1)];
    expect([one.length, two.length]).toEqual([160, 160]);
    expect(one[80]).toBe(0.5);
    expect(two[80]).toBeCloseTo(0.5, 2);
    expect(corpus.recordings[1]).toMatchObject({ sampleRateHz: 16_000, sourceSampleRateHz: 8_000 });
  });

  it('averages 2 channels', async () => {
    const stereo = encodeWav({
      sampleRateHz: 16_000,
      channels: [new Float32Array(9).fill(0.5), new Float32Array(9).fill(-0.25)],
    });
    await put('stereo.wav', stereo);
    expect([...new Set(await (await openSpeechCorpus(folder)).read(0))]).toEqual([0.125]);
  });

  it.each([0, 1_000_000])(
    'reads samples 2 to 4 of a recording again and again (cache of %d bytes)',
    async (cacheBytes) => {
      await put('ramp.wav', encodeWav({ sampleRateHz: 16_000, channels: [Float32Array.of(0, 0.1, 0.25, 0.5, 0.75)] }));
      const corpus = await openSpeechCorpus(folder, { cacheBytes });
      const reads = await Promise.all([corpus.read(0, 2, 3), corpus.read(0, 2, 3)]);
      reads.push(await corpus.read(0, 2, 3));
      expect(reads.map((samples) => [...samples])).toEqual(new Array(3).fill([0.25, 0.5, 0.75]));
      expect(reads[0]).not.toBe(reads[1]);
    },
  );

  it('keeps what it read: a file deleted after the first read is read again from memory', async () => {
    await put('a.wav', wav(10));
    const corpus = await openSpeechCorpus(folder);
    await corpus.read(0);
    await rm(join(folder, 'a.wav'));
    expect((await corpus.read(0)).length).toBe(10);
  });

  it('decodes a recording that the cache has no room for once for all of its parts', async () => {
    await put('a.wav', wav(10));
    const corpus = await openSpeechCorpus(folder, { cacheBytes: 0 });
    await corpus.read(0, 0, 4);
    await rm(join(folder, 'a.wav'));
    expect((await corpus.read(0, 4, 6)).length).toBe(6);
  });

  describe('with recordings read in parts', () => {
    const noise = (length: number, seed: number) => {
      const random = createRandom(seed);
      return Float32Array.from({ length }, () => 0.2 * random.normal());
    };
    const kinds = {
      'pcm-16 at 16 kHz': encodeWav({ sampleRateHz: 16_000, channels: [noise(3000, 1)] }),
      'float-32 of 2 channels at 44.1 kHz': encodeWav(
        { sampleRateHz: 44_100, channels: [noise(9000, 2), noise(9000, 3)] },
        'float-32',
      ),
      'pcm-16 at 8 kHz': encodeWav({ sampleRateHz: 8000, channels: [noise(1500, 4)] }),
      'SPHERE at 16 kHz': sphere(noise(3000, 5)),
      FLAC: flac(3000),
    };

    it.each(Object.entries(kinds))('gives the same bits of %s as in one piece, for 200 parts', async (_, bytes) => {
      await put('a.wav', bytes);
      const whole = await (await openSpeechCorpus(folder)).read(0);
      const corpus = await openSpeechCorpus(folder, { longSeconds: 0, cacheBytes: 0 });
      const random = createRandom(6);
      for (let draw = 0; draw < 200; draw++) {
        const start = draw === 0 ? 0 : random.integer(whole.length);
        const count = draw === 1 ? whole.length - start : random.integer(whole.length - start);
        expect(await corpus.read(0, start, count)).toEqual(whole.slice(start, start + count));
      }
    });

    it('reads only the part: damage elsewhere in the file is not noticed, and there it names the file', async () => {
      const bytes = encodeWav({ sampleRateHz: 16_000, channels: [noise(3000, 1)] }, 'float-32');
      new DataView(bytes.buffer).setFloat32(44 + 4 * 2000, Number.NaN, true);
      await put('a.wav', bytes);
      const corpus = await openSpeechCorpus(folder, { longSeconds: 0, cacheBytes: 0 });
      expect((await corpus.read(0, 0, 2000)).length).toBe(2000);
      await expect(corpus.read(0, 1500, 1000)).rejects.toThrow(/a\.wav: expected finite samples.*NaN at sample 2000/);
    });

    it('refuses a file that has changed since, by name', async () => {
      await put('a.wav', wav(3000));
      const corpus = await openSpeechCorpus(folder, { longSeconds: 0, cacheBytes: 0 });
      await put('a.wav', wav(2000));
      await expect(corpus.read(0, 10, 20)).rejects.toThrow(
        /a\.wav: expected 3000 samples.*as when the corpus was opened, received 2000 samples/,
      );
    });
  });

  it('refuses to read a file that changed from 10 to 12 samples since', async () => {
    await put('a.wav', wav(10));
    const corpus = await openSpeechCorpus(folder);
    await put('a.wav', wav(12));
    await expect(corpus.read(0)).rejects.toThrow(
      /a\.wav: expected 10 samples.*received 12 samples.*open the corpus again/,
    );
  });

  describe('with 1 good, 1 damaged, 1 empty and 1 short recording', () => {
    beforeEach(async () => {
      await put('good.wav', wav(16_000));
      await put('damaged.wav', wav(16_000).subarray(0, 1_000));
      await put('empty.flac', flac(0));
      await put('short.wav', wav(800));
    });

    it('leaves 3 out and says why', async () => {
      const corpus = await openSpeechCorpus(folder, { minimumSeconds: 0.1 });
      expect(corpus.recordings.map(({ id }) => id)).toEqual(['good']);
      expect(corpus.skipped.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
        expect.stringMatching(/^damaged\.wav damaged\.wav: expected 32000 bytes.*received 956 bytes/),
        expect.stringMatching(/^empty\.flac empty\.flac: expected at least 0\.1 s, received 0 s/),
        expect.stringMatching(/^short\.wav short\.wav: expected at least 0\.1 s, received 0\.05 s/),
      ]);
    });

    it('fails on the first of them when strict', async () => {
      await expect(openSpeechCorpus(folder, { strict: true })).rejects.toThrow('damaged.wav: expected 32000 bytes');
    });
  });

  it('finds damage behind an intact head only when told to verify', async () => {
    const bytes = flac(5_000);
    bytes[6_000] = 0xff;
    await put('a.flac', bytes);
    await put('b.flac', flac(100));
    const trusting = await openSpeechCorpus(folder);
    expect(trusting.recordings.length).toBe(2);
    await expect(trusting.read(0)).rejects.toThrow('a.flac, frame at byte 42');
    const verified = await openSpeechCorpus(folder, { verify: true });
    expect(verified.recordings.map(({ id }) => id)).toEqual(['b']);
    expect(verified.skipped[0]?.reason).toContain('a.flac, frame at byte 42');
  });

  it.each([999, 191_999, 572_288])('leaves out a file of %d Hz by name, and keeps the other', async (rateHz) => {
    await put('odd.wav', wav(100, 0.5, rateHz));
    await put('whole.wav', wav(100));
    const corpus = await openSpeechCorpus(folder);
    expect(corpus.recordings.map(({ id }) => id)).toEqual(['whole']);
    expect(corpus.skipped[0]?.reason).toMatch(
      new RegExp(`^odd\\.wav: expected a rate .* received ${rateHz} Hz.*ffmpeg`),
    );
  });

  it('takes the first of 2 files that share an id and lists the other', async () => {
    await put('x/1-2-0003.flac', flac(100));
    await put('y/1-2-0003.flac', flac(200));
    const corpus = await openSpeechCorpus(folder);
    expect(corpus.recordings.map(({ path }) => path)).toEqual(['x/1-2-0003.flac']);
    expect(corpus.skipped[0]?.reason).toContain('"1-2-0003", as x/1-2-0003.flac has');
  });

  it('gives equal folders equal fingerprints, and changes it with 1 sample, 1 name or 1 speaker', async () => {
    const fingerprint = async (): Promise<string> => (await openSpeechCorpus(folder)).fingerprint;
    await put('a/1.wav', wav(100));
    const first = await fingerprint();
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await fingerprint()).toBe(first);
    await put('a/1.wav', wav(100, 0.25));
    const otherSamples = await fingerprint();
    await put('a/1.wav', wav(100));
    expect(await fingerprint()).toBe(first);
    await put('b/1.wav', wav(100));
    await rm(join(folder, 'a'), { recursive: true });
    expect(new Set([first, otherSamples, await fingerprint()]).size).toBe(3);
  });

  it('steps over hidden files such as ._a.wav', async () => {
    await put('a.wav', wav(10));
    await put('._a.wav', 'resource fork');
    expect((await openSpeechCorpus(folder, { strict: true })).recordings.length).toBe(1);
  });

  it('lists files that a named layout does not match as skipped', async () => {
    await put('1-2-0000.flac', flac(10));
    await put('noise.wav', wav(10));
    const corpus = await openSpeechCorpus(folder, { layout: 'librispeech' });
    expect(corpus.skipped[0]?.reason).toContain('not named as in librispeech: <speaker>-<chapter>-<utterance>.flac');
  });

  it('refuses a folder that is missing, a file of text, and folders without audio, naming the 1 MP3 that it found', async () => {
    await put('notes.txt', 'text');
    await expect(openSpeechCorpus(join(folder, 'none'))).rejects.toThrow(
      /none: expected a folder of recordings, or one of them, received no such file or folder \(ENOENT\)/,
    );
    await expect(openSpeechCorpus(join(folder, 'notes.txt'))).rejects.toThrow(/notes\.txt: expected a WAV file/);
    await expect(openSpeechCorpus(folder)).rejects.toThrow(
      /expected files ending in \.wav or \.flac.*librispeech.*timit.*fsdd.*received none/,
    );
    await put('song.mp3', 'sound');
    await expect(openSpeechCorpus(folder)).rejects.toThrow(/none, but skipped song\.mp3: \.mp3 files are not read/);
  });

  it('names 2 recordings that differ in their endings alone a and a.wav, and reads 1 file given by itself', async () => {
    for (const name of ['a.WAV', 'a.wav']) await put(name, wav(160));
    const corpus = await openSpeechCorpus(folder);
    expect(corpus.recordings.map(({ id, path }) => [id, path])).toEqual([
      ['a', 'a.WAV'],
      ['a.wav', 'a.wav'],
    ]);
    const alone = await openSpeechCorpus(join(folder, 'a.wav'));
    expect(alone.recordings).toMatchObject([{ id: 'a', path: 'a.wav' }]);
    expect(await alone.read(0)).toHaveLength(160);
  });

  it('keeps 2 speakers where 1 stray recording lies beside their folders, which is skipped by name; strict, it is refused', async () => {
    for (const name of ['19/19-198-0000.wav', '26/26-198-0000.wav', 'intro.wav']) await put(name, wav(160));
    const { speakers, skipped } = await openSpeechCorpus(folder);
    expect(speakers).toEqual(['19', '26']);
    expect(skipped).toEqual([{ path: 'intro.wav', reason: expect.stringMatching(/^not named as in librispeech/) }]);
    await expect(openSpeechCorpus(folder, { strict: true })).rejects.toThrow(
      /expected every file .* --strict asks, received 1 that is not \(skipped intro\.wav: not named as/,
    );
  });

  it('refuses a folder whose 1 audio file is damaged, with its reason', async () => {
    await put('a.wav', 'not audio at all');
    await expect(openSpeechCorpus(folder)).rejects.toThrow(
      /1 audio files and none of them usable; the first: a\.wav: expected a WAV file/,
    );
  });
});
