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

/** Of all sentences, in order. */
function wordsOf(examples: readonly (readonly Int32Array[])[]): number[] {
  return examples.flat().flatMap((sentence) => [...sentence]);
}

describe('createExampleSampler', () => {
  it('has 3 + 2 places for 3 sentences, draws each of them, and never over the end of a run', async () => {
    const sampler = createExampleSampler(corpus, { batchSize: 1, sentences: 3 });
    expect(sampler.exampleCount).toBe(5);
    const first = new Map<number, number>();
    for (let seed = 0; seed < 200; seed++) {
      const [one = 0, two = 0, three = 0] = wordsOf(await sampler.draw(createRandom(seed)));
      expect([two, three]).toEqual([one + 1, one + 2]);
      first.set(one, (first.get(one) ?? 0) + 1);
    }
    expect([...first.keys()].sort((left, right) => left - right)).toEqual([1, 2, 3, 8, 9]);
    for (const count of first.values()) expect(count).toBeGreaterThan(20); // 40 in the mean
  });

  it('draws 8 examples of 3 out of 60 sentences that share none; out of 11 sentences, where 8 have no room, some do', async () => {
    const long = createMemoryCorpus('long', [Array.from({ length: 60 }, (_, at) => Int32Array.of(at + 1))]);
    const options = { batchSize: 8, sentences: 3 };
    for (let seed = 1; seed <= 20; seed++) {
      const words = wordsOf(await createExampleSampler(long, options).draw(createRandom(seed)));
      expect(new Set(words).size).toBe(24);
    }
    const words = wordsOf(await createExampleSampler(corpus, options).draw(createRandom(1)));
    expect(words).toHaveLength(24);
  });

  it('draws the 4 examples of a batch from one of two long documents with same-document, never from the short third', async () => {
    const documents = [40, 60, 20].map((count, index) => {
      const start = [0, 40, 100][index] ?? 0;
      return Array.from({ length: count }, (_, at) => Int32Array.of(start + at + 1));
    });
    const three = createMemoryCorpus('three', documents);
    const options = { batchSize: 4, sentences: 3, negatives: 'same-document' } as const;
    const sampler = createExampleSampler(three, options);
    expect(sampler.exampleCount).toBe(38 + 58);
    const drawn = new Map<number, number>();
    for (let seed = 0; seed < 200; seed++) {
      const words = wordsOf(await sampler.draw(createRandom(seed)));
      const from = new Set(Array.from(words, (word) => (word <= 40 ? 0 : word <= 100 ? 1 : 2)));
      expect(from.size).toBe(1);
      for (const document of from) drawn.set(document, (drawn.get(document) ?? 0) + 1);
    }
    expect([...drawn.keys()].sort()).toEqual([0, 1]);
    expect(drawn.get(0)).toBeGreaterThan(50); // 79 in the mean: 38 of 96 places
    expect(drawn.get(1)).toBeGreaterThan(90); // 121
  });

  it('gives a quarter of 12,000 words as the unknown word with wordDropout 0.25, others unchanged and the same examples', async () => {
    const long = createMemoryCorpus('long', [Array.from({ length: 6000 }, (_, at) => Int32Array.of(at + 1, at + 1))]);
    const options = { batchSize: 100, sentences: 60 };
    const whole = wordsOf(await createExampleSampler(long, options).draw(createRandom(3)));
    const dropped = wordsOf(await createExampleSampler(long, { ...options, wordDropout: 0.25 }).draw(createRandom(3)));
    const kept = dropped.filter((word, index) => word === whole[index]).length;
    const unknown = dropped.filter((word) => word === 0).length;
    expect(kept + unknown).toBe(12_000);
    expect(unknown).toBeGreaterThan(2800); // 3000 in the mean, deviation 47
    expect(unknown).toBeLessThan(3200);
    expect(wordsOf(await createExampleSampler(long, options).draw(createRandom(3)))).toEqual(whole); // the corpus is not changed
  });

  it('refuses same-document where no document has room for 2 batches, and says what to do', () => {
    const options = { batchSize: 2, sentences: 3, negatives: 'same-document' } as const;
    expect(() => createExampleSampler(corpus, options)).toThrow(
      /room for 2 batches, 4 times 3 sentences.*set negatives to mixed-documents/s,
    );
  });

  it('refuses text without 6 sentences that stand together, and says what to do', () => {
    expect(() => createExampleSampler(corpus, { batchSize: 1, sentences: 6 })).toThrow(
      /numbers: expected 6 sentences without a heading .*received 11 sentences in 3 runs.*lower sentencesPerExample/s,
    );
  });
});

describe('createMemoryCorpus', () => {
  it('leaves out sentences without a word and runs without a sentence', async () => {
    const few = createMemoryCorpus('few', [[Int32Array.of(), Int32Array.of(4)], [Int32Array.of()]]);
    expect([few.sentenceCount, few.runs]).toEqual([1, [{ start: 0, count: 1, document: 0 }]]);
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
