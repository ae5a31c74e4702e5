import { describe, expect, it } from 'vitest';
import { createMemoryCorpus, type SpeechCorpus } from '../data/corpus.js';
import { smallPreset } from '../presets.js';
import { createSpeechDomain } from '../speech-domain.js';
import { speechUse } from './speech-use.js';

/** A corpus of recordings `[id, speaker, seconds]`. */
function corpusOf(...recordings: readonly (readonly [string, string, number])[]): SpeechCorpus {
  const list = recordings.map(([id, speaker, seconds]) => ({
    id,
    speaker,
    samples: new Float32Array(seconds * 16_000).fill(0.5),
  }));
  return createMemoryCorpus(list, { name: 'tones' });
}

/** Windows of 0.3 s, two a batch: a speaker fills a batch of one speaker with 0.6 s in whole windows. */
const settings = {
  ...smallPreset,
  channels: 4,
  contextUnits: 3,
  windowSamples: 4800,
  batchSize: 2,
  predictionSteps: 2,
  speedPerturbation: 0,
};

function useOf(corpus: SpeechCorpus, negatives: 'own-sequence' | 'same-speaker', recordings?: readonly number[]) {
  const { windows } = createSpeechDomain(corpus, { ...settings, negatives }, recordings);
  const opened = { corpus, ...(recordings === undefined ? {} : { recordings }) };
  return { ...speechUse(opened, settings, windows.recordings), recordings: windows.recordings };
}

const three = corpusOf(
  ['a', 'anna', 0.9],
  ['b', 'anna', 0.2], // shorter than a window
  ['c', 'ben', 0.5], // 1 window, and no more of his
  ['d', 'dora', 0.3], // 1 window
  ['e', 'dora', 0.4], // 1 window
);

describe('speechUse', () => {
  it('counts 4 recordings of 3 speakers, 2.1 s, and 1 that is shorter than a window', () => {
    const { samples, summary, warnings } = useOf(three, 'own-sequence');
    expect(samples).toBe(33_600);
    expect(summary.counts).toEqual({ recordings: 4, speakers: 3 });
    expect(summary.hours).toBeCloseTo(2.1 / 3600, 12);
    expect(summary.skipped).toEqual([{ file: 'b', reason: '0.2 s, shorter than a window of 0.3 s' }]);
    expect(warnings).toEqual(['1 recording is shorter than a window of 0.3 s: not trained on']);
  });

  it('for batches of one speaker counts 3 recordings of 2 speakers, and 1 of a speaker with less than 2 windows', () => {
    const { samples, summary, warnings } = useOf(three, 'same-speaker');
    expect(samples).toBe(25_600);
    expect(summary.counts).toEqual({ recordings: 3, speakers: 2 });
    expect(summary.skipped).toEqual([
      { file: 'b', reason: '0.2 s, shorter than a window of 0.3 s' },
      { file: 'c', reason: '0.5 s, of speakers with less speech than 2 windows of 0.3 s' },
    ]);
    expect(warnings).toEqual([
      '1 recording is shorter than a window of 0.3 s: not trained on',
      '1 recording is of speakers with less speech than 2 windows of 0.3 s: not trained on',
    ]);
  });

  it('says it of 2 recordings in the plural', () => {
    const corpus = corpusOf(
      ['a', 'anna', 1],
      ['b', 'ben', 0.1],
      ['c', 'ben', 0.2],
      ['d', 'dora', 0.3],
      ['e', 'eva', 0.5],
    );
    expect(useOf(corpus, 'same-speaker').warnings).toEqual([
      '2 recordings are shorter than a window of 0.3 s: not trained on',
      '2 recordings are of speakers with less speech than 2 windows of 0.3 s: not trained on',
    ]);
  });

  it('warns of nothing where all 2 recordings are trained on', () => {
    const { summary, warnings } = useOf(corpusOf(['a', 'anna', 1], ['b', 'ben', 1]), 'same-speaker');
    expect(warnings).toEqual([]);
    expect(summary.skipped).toEqual([]);
  });

  it('lists 1 file that could not be opened first, and calls a recording by its path', () => {
    const unread = { path: 'x/f.flac', reason: 'x/f.flac: cut short' };
    const recordings = three.recordings.map((recording) => ({ ...recording, path: `x/${recording.id}.wav` }));
    const { summary, warnings } = useOf({ ...three, recordings, skipped: [unread] }, 'own-sequence');
    expect(summary.skipped).toEqual([
      { file: 'x/f.flac', reason: 'x/f.flac: cut short' },
      { file: 'x/b.wav', reason: '0.2 s, shorter than a window of 0.3 s' },
    ]);
    expect(warnings).toHaveLength(1); // the file is told by leftOutFiles
  });

  it('speaks only of the 2 recordings that training was given', () => {
    const { summary, warnings } = useOf(three, 'own-sequence', [1, 3]);
    expect(summary.counts).toEqual({ recordings: 1, speakers: 1 });
    expect(summary.skipped.map(({ file }) => file)).toEqual(['b']);
    expect(warnings).toHaveLength(1);
  });

  it('leaves out recordings below 0.36 s where windows of 0.3 s may be heard 1.2 times as fast', () => {
    const faster = { ...settings, speedPerturbation: 0.2 };
    const { windows } = createSpeechDomain(three, faster);
    const { summary } = speechUse({ corpus: three }, faster, windows.recordings);
    expect(summary.skipped.map(({ file, reason }) => [file, reason])).toEqual([
      ['b', '0.2 s, shorter than a window of 0.36 s'],
      ['d', '0.3 s, shorter than a window of 0.36 s'],
    ]);
  });

  it.each(['own-sequence', 'same-speaker'] as const)(
    'tells of each of 5 recordings once: used as the sampler says, or skipped (%s)',
    (negatives) => {
      const { recordings, summary } = useOf(three, negatives);
      const used = recordings.map((index) => three.recordings[index]?.id);
      expect(summary.counts.recordings).toBe(used.length);
      expect([...used, ...summary.skipped.map(({ file }) => file)].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    },
  );
});
