/**
 * Text as training sees it: sentences of word numbers in their order, cut into runs. A run is what stands together in one document
 * with no heading within; no example crosses its ends.
 */
import { CpcArgumentError, type SkippedFile } from '@cpc/core';

/** Contiguous sentences. */
export interface SentenceRun {
  /** Index of its first sentence. */
  readonly start: number;
  readonly count: number;
  /** Index of the document that it stands in, such as a book. */
  readonly document: number;
}

/** A file that is not used, and why. */
export type SkippedText = SkippedFile;

export interface SentenceCorpus {
  /** For errors. */
  readonly name: string;
  readonly sentenceCount: number;
  readonly runs: readonly SentenceRun[];
  readonly skipped: readonly SkippedText[];
  /** Of everything that decides the sentences. */
  readonly fingerprint: string;
  /** Word numbers of `count` sentences from `start` on; the caller owns them. None is empty. */
  readonly read: (start: number, count: number) => Promise<readonly Int32Array[]>;
}

/**
 * Sentences that are in memory, every run a document of its own.
 *
 * @param runs - word numbers by run and sentence; sentences without a word are left out.
 *
 * @example
 * const corpus = createMemoryCorpus('letters', [[Int32Array.of(3, 1), Int32Array.of(2)]]);
 */
export function createMemoryCorpus(name: string, runs: readonly (readonly Int32Array[])[]): SentenceCorpus {
  const filled = runs.map((run) => run.filter(({ length }) => length > 0));
  const sentences = filled.flat();
  let start = 0;
  const places = filled.map(({ length: count }, document): SentenceRun => {
    const run = { start, count, document };
    start += count;
    return run;
  });
  return {
    name,
    sentenceCount: sentences.length,
    runs: places.filter(({ count }) => count > 0),
    skipped: [],
    fingerprint: `memory:${name}:${sentences.length}`,
    read: (from, count) => {
      if (from < 0 || from + count > sentences.length)
        return Promise.reject(outOfRange(name, from, count, sentences.length));
      return Promise.resolve(sentences.slice(from, from + count).map((sentence) => sentence.slice()));
    },
  };
}

export function outOfRange(where: string, start: number, count: number, all: number): CpcArgumentError {
  return new CpcArgumentError({
    where,
    argument: 'start',
    expected: `sentences within 0 to ${all}`,
    received: `${count} from ${start} on`,
  });
}
