import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { createExampleSampler } from './example-sampler.js';
import { padSentences } from './padded-sentences.js';
import { createMemoryCorpus } from './sentence-corpus.js';

/** Sentence n is the one word n + 1; runs of 5, 2 and 4. */
const runs = [5, 2, 4].map((count, index) => {
  const start = [0, 5, 7][index] ?? 0;
  return Array.from({ length: count }, (_, at) => Int32Array.of(start + at + 1));
});
const corpus = createMemoryCorpus('numbers', runs);

describe('createExampleSampler', () => {
  it('has 3 + 2 places for 3 sentences, draws each of them, and never over the end of a run', async () => {
    const sampler = createExampleSampler(corpus, { batchSize: 200, sentences: 3, maxWords: 1 });
    expect(sampler.exampleCount).toBe(5);
    const { words } = await sampler.draw(createRandom(1));
    const first = new Map<number, number>();
    for (let example = 0; example < 200; example++) {
      const [one = 0, two = 0, three = 0] = words.subarray(3 * example, 3 * example + 3);
      expect([two, three]).toEqual([one + 1, one + 2]);
      first.set(one, (first.get(one) ?? 0) + 1);
    }
    expect([...first.keys()].sort((left, right) => left - right)).toEqual([1, 2, 3, 8, 9]);
    for (const count of first.values()) expect(count).toBeGreaterThan(20); // 40 in the mean
  });

  it('refuses text without 6 sentences that stand together, and says what to do', () => {
    expect(() => createExampleSampler(corpus, { batchSize: 1, sentences: 6, maxWords: 1 })).toThrow(
      /numbers: expected 6 sentences without a heading .*received 11 sentences in 3 runs.*lower sentencesPerExample/s,
    );
  });
});

describe('createMemoryCorpus', () => {
  it('leaves out sentences without a word and runs without a sentence', async () => {
    const few = createMemoryCorpus('few', [[Int32Array.of(), Int32Array.of(4)], [Int32Array.of()]]);
    expect([few.sentenceCount, few.runs]).toEqual([1, [{ start: 0, count: 1 }]]);
    expect(await few.read(0, 1)).toEqual([Int32Array.of(4)]);
    await expect(few.read(0, 2)).rejects.toThrow(/within 0 to 1, received 2 from 0 on/);
  });
});

describe('padSentences', () => {
  it('has 1 in the mask for words, 0 behind the end, and leaves out words behind the third', () => {
    const { words, mask } = padSentences([Int32Array.of(5, 6, 7, 8), Int32Array.of(9)], 3);
    expect([...words]).toEqual([5, 6, 7, 9, 0, 0]);
    expect([...mask]).toEqual([1, 1, 1, 1, 0, 0]);
  });

  it('refuses a sentence without a word', () => {
    expect(() => padSentences([Int32Array.of(1), new Int32Array(0)], 3)).toThrow(/at least one word .* none in 1/);
  });
});
