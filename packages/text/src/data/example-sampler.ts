/**
 * Examples of a batch: so many contiguous sentences each, drawn evenly from all places where they fit. No two of a batch share a
 * sentence, or a negative could be the positive itself; only where the text has no room for that they may.
 *
 * Letters used for shapes here:
 *   S  examples of a batch    T  sentences of an example    W  words of a sentence at most
 */
import { CpcError, firstAbove, type Random } from '@cpc/core';
import { type PaddedSentences, padSentences } from './padded-sentences.js';
import type { SentenceCorpus } from './sentence-corpus.js';

export interface ExampleSamplerOptions {
  /** S. */
  readonly batchSize: number;
  /** T. */
  readonly sentences: number;
  /** W: words behind are left out. */
  readonly maxWords: number;
}

export interface ExampleSampler {
  /** Places where an example may begin. */
  readonly exampleCount: number;
  /** `[S T, W]`: the sentences of an example stand together. */
  readonly draw: (random: Random) => Promise<PaddedSentences>;
}

/**
 * @throws {CpcError} if no run has room for an example.
 */
export function createExampleSampler(
  corpus: SentenceCorpus,
  { batchSize, sentences, maxWords }: ExampleSamplerOptions,
): ExampleSampler {
  const runs = corpus.runs.filter(({ count }) => count >= sentences);
  const ends: number[] = []; // places up to and with each run
  let exampleCount = 0;
  for (const { count } of runs) {
    exampleCount += count - sentences + 1;
    ends.push(exampleCount);
  }
  if (exampleCount === 0) {
    throw new CpcError({
      where: corpus.name,
      expected: `${sentences} sentences without a heading between them, somewhere`,
      received: `${corpus.sentenceCount} sentences in ${corpus.runs.length} runs`,
      fix: 'Give more text, or lower sentencesPerExample.',
    });
  }
  const startOf = (place: number) => {
    const index = firstAbove(ends, place);
    return (runs[index]?.start ?? 0) + place - (ends[index - 1] ?? 0);
  };
  return {
    exampleCount,
    draw: async (random) => {
      const starts: number[] = [];
      for (let attempt = 0; starts.length < batchSize; attempt++) {
        const start = startOf(random.integer(exampleCount));
        const isShared = starts.some((other) => Math.abs(other - start) < sentences);
        if (!isShared || attempt >= attemptsPerExample * batchSize) starts.push(start);
      }
      const examples = await Promise.all(starts.map((start) => corpus.read(start, sentences)));
      return padSentences(examples.flat(), maxWords);
    },
  };
}

/** Draws, beyond the first, for a place that shares no sentence with another. */
const attemptsPerExample = 20;
