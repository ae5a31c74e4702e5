import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { createMemoryCorpus } from './corpus.js';
import { createWindowSampler } from './windows.js';

/** Each sample tells its recording (tens) and its place (units), so that a window tells where it came from. */
const ramp = (tens: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, place) => (tens * 100 + place) / 1_024);

const corpus = createMemoryCorpus(
  [
    { id: 'a', speaker: 'anna', samples: ramp(1, 10) }, // 7 places for a window of 4
    { id: 'b', speaker: 'ben', samples: ramp(2, 5) }, // 2 places
    { id: 'c', speaker: 'anna', samples: ramp(3, 4) }, // 1 place
    { id: 'd', speaker: 'ben', samples: ramp(4, 3) }, // none
  ],
  { name: 'ramps' },
);

describe('createWindowSampler', () => {
  const sampler = createWindowSampler(corpus, { windowSamples: 4, batchSize: 6 });

  it('counts 3 eligible recordings, 1 excluded, and 10 places', () => {
    expect(sampler).toMatchObject({ eligibleRecordings: 3, excludedRecordings: 1, windowCount: 10 });
  });

  it('gives the samples that stand at the places it names', async () => {
    const batch = await sampler.draw(createRandom(1));
    for (let window = 0; window < 6; window += 1) {
      const recording = batch.recordings[window] ?? -1;
      const start = batch.starts[window] ?? -1;
      expect(batch.samples.subarray(window * 4, window * 4 + 4)).toEqual(await corpus.read(recording, start, 4));
      expect(corpus.speakers[batch.speakers[window] ?? -1]).toBe(corpus.recordings[recording]?.speaker);
    }
  });

  it('draws the same batch from the same stream, another from another', async () => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => sampler.draw(createRandom(seed))));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it.each(['uniform', 'same-speaker'] as const)(
    'draws each of the 10 places in a tenth of 6,000 windows, within 0.02 (%s)',
    async (mode) => {
      const { draw } = createWindowSampler(corpus, { windowSamples: 4, batchSize: 1, mode });
      const random = createRandom(3);
      const counts = new Map<string, number>();
      for (let round = 0; round < 6_000; round += 1) {
        const { recordings, starts } = await draw(random);
        const place = `${recordings[0]}:${starts[0]}`;
        counts.set(place, (counts.get(place) ?? 0) + 1);
      }
      expect(counts.size).toBe(10);
      for (const count of counts.values()) expect(Math.abs(count / 6_000 - 0.1)).toBeLessThan(0.02);
    },
  );

  it('keeps to one speaker a batch, none of whose windows overlap, and meets all who have room for 3 windows', async () => {
    const rich = createMemoryCorpus(
      [
        { id: 'a', speaker: 'anna', samples: ramp(1, 10) }, // room for 2 windows of 4
        { id: 'b', speaker: 'ben', samples: ramp(2, 11) }, // for 2, and no more of his
        { id: 'c', speaker: 'anna', samples: ramp(3, 4) }, // for 1
        { id: 'd', speaker: 'dora', samples: ramp(4, 13) }, // for 3
      ],
      { name: 'rich ramps' },
    );
    const oneSpeaker = createWindowSampler(rich, { windowSamples: 4, batchSize: 3, mode: 'same-speaker' });
    expect(oneSpeaker).toMatchObject({ eligibleRecordings: 3, excludedRecordings: 1 });
    const random = createRandom(4);
    const met = new Set<number>();
    const starts = new Set<string>();
    for (let round = 0; round < 300; round += 1) {
      const batch = await oneSpeaker.draw(random);
      expect(new Set(batch.speakers).size).toBe(1);
      met.add(batch.speakers[0] ?? -1);
      const windows = [...batch.starts].map((start, index) => ({ start, recording: batch.recordings[index] }));
      for (const [index, one] of windows.entries()) {
        starts.add(`${one.recording}:${one.start}`);
        for (const other of windows.slice(0, index))
          expect(one.recording === other.recording && Math.abs(one.start - other.start) < 4).toBe(false);
      }
    }
    expect([...met].map((index) => rich.speakers[index]).sort()).toEqual(['anna', 'dora']);
    // dora has 13 samples for 3 windows of 4: one to spare
    expect([...starts].filter((place) => place.startsWith('3:')).sort()).toEqual(
      [0, 1, 4, 5, 8, 9].map((start) => `3:${start}`),
    );
  });

  it('refuses batches of one speaker where nobody has room for 12 windows', () => {
    expect(() => createWindowSampler(corpus, { windowSamples: 4, batchSize: 12, mode: 'same-speaker' })).toThrow(
      /room for 12 windows of 4 samples/,
    );
  });

  it('draws from recordings 1 and 2 only where told so', async () => {
    const { draw } = createWindowSampler(corpus, { windowSamples: 4, batchSize: 100, recordings: [1, 2] });
    expect(new Set((await draw(createRandom(5))).recordings)).toEqual(new Set([1, 2]));
  });

  it('refuses windows longer than the longest recording, saying that it has 10 samples', () => {
    expect(() => createWindowSampler(corpus, { windowSamples: 11, batchSize: 1 })).toThrow(
      'expected a recording of at least 11 samples, received a corpus whose longest has 10',
    );
  });

  it('refuses a batch of 0, a window of 1.5 samples and recording 9', () => {
    expect(() => createWindowSampler(corpus, { windowSamples: 4, batchSize: 0 })).toThrow(
      'batchSize as a whole number above 0',
    );
    expect(() => createWindowSampler(corpus, { windowSamples: 1.5, batchSize: 1 })).toThrow(
      'windowSamples as a whole number',
    );
    expect(() => createWindowSampler(corpus, { windowSamples: 4, batchSize: 1, recordings: [9] })).toThrow(
      'index from 0 to 3',
    );
  });
});
