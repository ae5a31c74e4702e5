/**
 * Examples of a batch: so many contiguous sentences each, drawn evenly from all places where they fit. No two of a batch share a
 * sentence, or a negative could be the positive itself; only where the text has no room for that they may.
 *
 * Letters used for shapes here:
 *   S  examples of a batch    T  sentences of an example
 */
import { CpcError, type Random } from '@cpc/core';
import type { TextNegatives } from '../presets.js';
import { examplePlaces } from './example-places.js';
import type { SentenceCorpus } from './sentence-corpus.js';
import { unknownId } from './vocabulary.js';

export interface ExampleSamplerOptions {
  /** S. */
  readonly batchSize: number;
  /** T. */
  readonly sentences: number;
  /** Default `mixed-documents`. */
  readonly negatives?: TextNegatives;
  /** How often a word is given as the unknown word; default 0. */
  readonly wordDropout?: number;
}

export interface ExampleSampler {
  /** Places where an example may begin. */
  readonly exampleCount: number;
  /** S examples of T sentences, as word numbers; the caller owns them. */
  readonly draw: (random: Random) => Promise<readonly (readonly Int32Array[])[]>;
}

/**
 * @throws {CpcError} if no run has room for an example, or, for `same-document`, no document for two batches.
 */
export function createExampleSampler(
  corpus: SentenceCorpus,
  { batchSize, sentences, negatives = 'mixed-documents', wordDropout = 0 }: ExampleSamplerOptions,
): ExampleSampler {
  const isOneDocument = negatives === 'same-document';
  const places = examplePlaces(corpus, sentences, isOneDocument ? batchesPerDocument * batchSize : 1);
  if (places.count === 0)
    throw isOneDocument ? noRoomyDocument(corpus, batchSize, sentences) : noRoom(corpus, sentences);
  const everywhere = { first: 0, count: places.count };
  return {
    exampleCount: places.count,
    draw: async (random) => {
      const { first, count } = isOneDocument ? places.documentOf(random.integer(places.count)) : everywhere;
      const starts: number[] = [];
      for (let attempt = 0; starts.length < batchSize; attempt++) {
        const start = places.sentenceAt(first + random.integer(count));
        const isShared = starts.some((other) => Math.abs(other - start) < sentences);
        if (!isShared || attempt >= attemptsPerExample * batchSize) starts.push(start);
      }
      const examples = await Promise.all(starts.map((start) => corpus.read(start, sentences)));
      if (wordDropout > 0) dropWords(examples.flat(), wordDropout, random.fold('words'));
      return examples;
    },
  };
}

/** Makes words the unknown word, in place, each with this probability. */
function dropWords(sentences: readonly Int32Array[], probability: number, random: Random): void {
  for (const words of sentences)
    for (let index = 0; index < words.length; index++) if (random.uniform() < probability) words[index] = unknownId;
}

/** Draws, beyond the first, for a place that shares no sentence with another. */
const attemptsPerExample = 20;
/** Batches that a document must have room for, or most draws would share a sentence and batches be much alike. */
const batchesPerDocument = 2;

function noRoom(corpus: SentenceCorpus, sentences: number): CpcError {
  return new CpcError({
    where: corpus.name,
    expected: `${sentences} sentences without a heading between them, somewhere`,
    received: `${corpus.sentenceCount} sentences in ${corpus.runs.length} runs`,
    fix: 'Give more text, or lower sentencesPerExample.',
  });
}

function noRoomyDocument(corpus: SentenceCorpus, batchSize: number, sentences: number): CpcError {
  return new CpcError({
    where: corpus.name,
    expected: `a document with room for ${batchesPerDocument} batches, ${batchesPerDocument * batchSize} times ${sentences} sentences`,
    received: 'none so long',
    fix: 'Give longer documents, lower batchSize, or set negatives to mixed-documents.',
  });
}
