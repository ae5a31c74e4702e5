/**
 * Facts about real recordings, where they are at hand: the folder that the environment variable CPC_DATA names.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type HostArray } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import type { SpeechCorpus } from '../../data/corpus.js';
import { shiftsBySeparation } from '../../data/test-support/class-separation.js';
import { createWindowSampler } from '../../data/windows.js';
import { mfcc } from '../../mfcc/mfcc.js';
import { requireFoldsOf } from '../../probes/committed-folds.js';
import { digitTakes } from '../../probes/listed-split.js';
import { openSpeechCorpus } from './corpus.js';
import { loadSpeakerFolds } from './folds-file.js';
import { loadPhoneLabelFile, loadTimitLabels } from './labels.js';

const speech = join(process.env.CPC_DATA ?? '', 'speech');
const missing =
  process.env.CPC_DATA === undefined
    ? 'CPC_DATA is not set'
    : existsSync(speech)
      ? undefined
      : `${speech} does not exist`;

const cepstraOf = (corpus: SpeechCorpus, count: number): Promise<HostArray[]> =>
  Promise.all(
    corpus.recordings
      .slice(0, count)
      .map(async (_, index) => mfcc(await corpus.read(index), { deltas: 0, normalise: true })),
  );

describe.skipIf(missing !== undefined)(
  `real recordings${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    it('opens 251 LibriSpeech recordings of 251 speakers, 52.3 minutes, none damaged', async () => {
      const corpus = await openSpeechCorpus(join(speech, 'librispeech-251'));
      const seconds = corpus.recordings.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
      expect([corpus.layout, corpus.recordings.length, corpus.speakers.length, corpus.skipped.length]).toEqual([
        'librispeech',
        251,
        251,
        0,
      ]);
      expect(seconds / 60).toBeCloseTo(52.3, 1);
    });

    it('decodes the first 5 of them to the MD5 in their heads', async () => {
      const corpus = await openSpeechCorpus(join(speech, 'librispeech-251'));
      for (let index = 0; index < 5; index += 1) {
        const samples = await corpus.read(index); // refuses another MD5
        expect(samples.length).toBe(corpus.recordings[index]?.sampleCount);
        expect(samples.some((sample) => Math.abs(sample) > 0.01)).toBe(true);
      }
    });

    it('draws 8 windows of 20,480 samples from them', async () => {
      const corpus = await openSpeechCorpus(join(speech, 'librispeech-251'));
      const { samples, speakers } = await createWindowSampler(corpus, { windowSamples: 20_480, batchSize: 8 }).draw(
        createRandom(1),
      );
      expect(samples.length).toBe(8 * 20_480);
      expect(new Set(speakers).size).toBeGreaterThan(4);
      expect(samples.every((sample) => Math.abs(sample) < 1)).toBe(true);
    });

    it('gives the 160 utterances of 16 TIMIT speakers 39 classes, and 2.1 % of their frames (the q) none', async () => {
      const corpus = await openSpeechCorpus(join(speech, 'timit-sample'));
      const labels = await loadTimitLabels(corpus);
      const all = labels.byRecording.flatMap((values) => [...(values ?? [])]);
      expect([corpus.layout, corpus.recordings.length, corpus.speakers.length]).toEqual(['timit', 160, 16]);
      expect(labels.missing).toEqual([]);
      expect(new Set(all.filter((label) => label >= 0)).size).toBe(39);
      expect(all.filter((label) => label < 0).length / all.length).toBeCloseTo(0.021, 3);
    });

    it('finds the sh of "she" in dr1-fvmh0/sa1 at frame 50, whose centre is sample 8,080', async () => {
      const corpus = await openSpeechCorpus(join(speech, 'timit-sample'));
      const labels = await loadTimitLabels(corpus);
      const index = corpus.recordings.findIndex(({ id }) => id === 'fvmh0-sa1');
      expect(labels.classNames[labels.byRecording[index]?.[50] ?? -1]).toBe('sh');
      expect(labels.classNames[labels.byRecording[index]?.[48] ?? -1]).toBe('sil'); // centre 7,760, before sample 7,812
    });

    it("pairs the paper authors' labels with 2 of the 9 recordings: 508 and 1,119 labels, 1 or 2 latents more", async () => {
      const folder = join(speech, 'librispeech-cpc-phones');
      const corpus = await openSpeechCorpus(folder);
      const labels = await loadPhoneLabelFile(corpus, join(folder, 'phone_labels.txt'));
      const counts = labels.byRecording.flatMap((values) =>
        values === undefined ? [] : [[values.length, values.filter((label) => label >= 0).length]],
      );
      expect(counts).toEqual([
        [509, 508],
        [1_121, 1_119],
      ]);
      expect(labels.missing.length).toBe(7);
    });

    it('finds the labels of 32 TIMIT utterances in time with MFCCs: a shift of 1 to 5 frames either way separates phones less', async () => {
      const corpus = await openSpeechCorpus(join(speech, 'timit-sample'));
      const { byRecording } = await loadTimitLabels(corpus);
      const [best] = shiftsBySeparation(await cepstraOf(corpus, 32), byRecording);
      expect(best?.shift).toBe(0);
    });

    it("finds the authors' labels between frames t and t + 1: both pairings separate phones more than any other shift", async () => {
      const folder = join(speech, 'librispeech-cpc-phones');
      const corpus = await openSpeechCorpus(folder);
      const { byRecording } = await loadPhoneLabelFile(corpus, join(folder, 'phone_labels.txt'));
      const [first, second, third] = shiftsBySeparation(await cepstraOf(corpus, corpus.recordings.length), byRecording);
      expect([first?.shift, second?.shift].sort()).toEqual([-1, 0]); // nearest centre, same index
      expect(third?.separation).toBeLessThan(0.95 * (second?.separation ?? 0));
    });

    it('opens 3,000 spoken digits of 6 speakers and reads one of 8 kHz at 16 kHz', async () => {
      const corpus = await openSpeechCorpus(join(speech, 'fsdd'));
      expect([corpus.layout, corpus.recordings.length, corpus.speakers.length]).toEqual(['fsdd', 3_000, 6]);
      const [first] = corpus.recordings;
      expect([first?.sourceSampleRateHz, first?.attributes.digit]).toEqual([8_000, '0']);
      expect((await corpus.read(0)).length).toBe(first?.sampleCount);
    });

    it('scores 300 of FSDD’s 3,000 recordings by its own split and fits the other 2,700', async () => {
      const { train, test } = digitTakes(await openSpeechCorpus(join(speech, 'fsdd')));
      expect([train.size, test.size]).toEqual([2700, 300]);
    });

    it('has in TIMIT’s sample the 16 speakers of the committed folds', async () => {
      const folds = await loadSpeakerFolds(
        join(import.meta.dirname, '../../../../../benchmarks/folds/timit-sample.json'),
      );
      const { speakers } = await openSpeechCorpus(join(speech, 'timit-sample'));
      expect(() => requireFoldsOf(folds, new Set(speakers))).not.toThrow();
    });
  },
);
