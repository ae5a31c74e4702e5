import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryCorpus } from '../../data/corpus.js';
import { encodeWav } from '../../data/wav.js';
import { openSpeechCorpus } from './corpus.js';
import { loadPhoneLabelFile, loadTimitLabels } from './labels.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-labels-'));
});
afterAll(() => rm(folder, { recursive: true }));

const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

async function timit(name: string, phones: string, sampleRateHz = 16_000): Promise<string> {
  const root = join(folder, name);
  await mkdir(join(root, 'dr1-fvmh0'), { recursive: true });
  const wav = encodeWav({ sampleRateHz, channels: [new Float32Array((640 * sampleRateHz) / 16_000)] });
  await writeFile(join(root, 'dr1-fvmh0/sa1.wav'), wav);
  await writeFile(join(root, 'dr1-fvmh0/sa2.wav'), wav);
  await writeFile(join(root, 'dr1-fvmh0/sa1.phn'), phones);
  return root;
}

const named = ({
  classNames,
  byRecording,
}: {
  classNames: readonly string[];
  byRecording: readonly (Int32Array | undefined)[];
}) => byRecording.map((labels) => labels && [...labels].map((label) => classNames[label] ?? label));

describe('loadTimitLabels', () => {
  it('gives 4 frames the phones at samples 80, 240, 400 and 560, folded to 39', async () => {
    const corpus = await openSpeechCorpus(await timit('plain', '0 100 h#\n100 300 zh\n300 500 q\n500 640 ax-h\n'));
    const labels = await loadTimitLabels(corpus);
    expect(named(labels)).toEqual([['sil', 'sh', -1, 'ah'], undefined]);
    expect(labels.missing).toEqual([{ path: 'fvmh0-sa2', reason: 'it has no phone segments' }]);
    expect(labels.alignment).toContain('160 t + 80');
  });

  it('keeps zh, q and ax-h apart among 61 classes', async () => {
    const corpus = await openSpeechCorpus(await timit('unfolded', '0 100 h#\n100 300 zh\n300 500 q\n500 640 ax-h\n'));
    expect(named(await loadTimitLabels(corpus, { classes: 61 }))[0]).toEqual(['h#', 'zh', 'q', 'ax-h']);
  });

  it('scales segments that count the samples of 8 kHz audio by 2', async () => {
    const corpus = await openSpeechCorpus(await timit('8khz', '0 160 h#\n160 320 aa\n', 8_000));
    expect(named(await loadTimitLabels(corpus))[0]).toEqual(['sil', 'sil', 'aa', 'aa']);
  });

  it('refuses segments that end 0.1 s and more after the 640 samples of their recording', async () => {
    const corpus = await openSpeechCorpus(await timit('long', '0 100 h#\n100 2241 aa\n'));
    await expect(loadTimitLabels(corpus)).rejects.toThrow(
      /sa1\.phn: expected segments within the recording's 640 samples, received an end at sample 2241/,
    );
  });

  it('names file and line of damage', async () => {
    const corpus = await openSpeechCorpus(await timit('damaged', '0 100 h#\n100 x aa\n'));
    await expect(loadTimitLabels(corpus)).rejects.toThrow('dr1-fvmh0/sa1.phn, line 2');
  });
});

describe('loadPhoneLabelFile', () => {
  const corpus = createMemoryCorpus(
    [
      { id: '1-2-0000', speaker: '1', samples: new Float32Array(800) }, // 5 latents, 3 labels
      { id: '1-2-0001', speaker: '1', samples: new Float32Array(640) },
    ],
    { name: 'two' },
  );

  it('gives 5 latents 3 labels and leaves 2 without', async () => {
    const labels = await loadPhoneLabelFile(corpus, await put('labels.txt', '1-2-0000 7 8 9\n'));
    expect(labels.byRecording.map((values) => values && [...values])).toEqual([[7, 8, 9, -1, -1], undefined]);
    expect(labels.missing).toEqual([{ path: '1-2-0001', reason: 'labels.txt does not name it' }]);
    expect(labels.classNames.length).toBe(41);
  });

  it('shifts them by 1 when paired by the nearest centre', async () => {
    const path = await put('labels.txt', '1-2-0000 7 8 9\n');
    const { byRecording } = await loadPhoneLabelFile(corpus, path, { pairing: 'nearest-centre' });
    expect([...(byRecording[0] ?? [])]).toEqual([-1, 7, 8, 9, -1]);
  });

  it('refuses 4 labels for 800 samples', async () => {
    await expect(loadPhoneLabelFile(corpus, await put('four.txt', '1-2-0000 7 8 9 9\n'))).rejects.toThrow(
      'four.txt, 1-2-0000: expected 3 labels, floor((n - 400) / 160) + 1 for its 800 samples, received 4',
    );
  });

  it('refuses a file that names 0 of 2 recordings, and one that is not there', async () => {
    await expect(loadPhoneLabelFile(corpus, await put('other.txt', '9-9-0000 7\n'))).rejects.toThrow(
      'labels for none of 2 recordings',
    );
    await expect(loadPhoneLabelFile(corpus, join(folder, 'none.txt'))).rejects.toThrow(/none\.txt: expected a file/);
  });
});
