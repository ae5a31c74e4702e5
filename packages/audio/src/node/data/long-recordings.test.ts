import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { writeFlac } from '../../data/test-support/flac-writer.js';
import { hoursOf } from '../open-data.js';
import { openSpeechCorpus } from './corpus.js';

async function folderOf(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cpc-long-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'a.flac'), bytes);
  return folder;
}

const samples = Array.from({ length: 5_000 }, (_, index) => (index % 200) - 100);
const flac = writeFlac({ sampleRateHz: 8_000, bitsPerSample: 16, channels: [samples, samples] });

it('counts the 5,000 samples of a FLAC file that states no length, and reads the 10,000 that they are at 16 kHz', async () => {
  const folder = await folderOf(
    writeFlac({ sampleRateHz: 8_000, bitsPerSample: 16, channels: [samples, samples], statedSampleCount: 0 }),
  );
  const corpus = await openSpeechCorpus(folder);
  expect(corpus.recordings[0]?.sampleCount).toBe(10_000);
  expect(await corpus.read(0)).toEqual(await (await openSpeechCorpus(await folderOf(flac))).read(0));
});

it('refuses a FLAC file of 0.6 s where at most 0.0001 hours are allowed, by the name of the option', async () => {
  const folder = await folderOf(flac);
  await expect(openSpeechCorpus(folder, { maximumHours: 0.0001 })).rejects.toThrow(/a\.flac: .*CPC_MAXIMUM_HOURS/);
  expect((await openSpeechCorpus(folder, { maximumHours: 0.001 })).recordings).toHaveLength(1);
});

it('takes 1.5 hours from the environment, and refuses "long" and 0 by the name of the variable', () => {
  expect(hoursOf('1.5')).toBe(1.5);
  expect(hoursOf(undefined)).toBeUndefined();
  for (const text of ['long', '0', '-1']) expect(() => hoursOf(text)).toThrow(/^CPC_MAXIMUM_HOURS: /);
});
