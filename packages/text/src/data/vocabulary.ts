/** The words that have a vector of their own, and which number each has. */
import { CpcArgumentError } from '@cpc/core';

/** The word of number 0: every word that is not in the vocabulary. */
export const unknownWord = '<unk>';
/** Its number. */
export const unknownId = 0;

export interface Vocabulary {
  /** By number; the first is `unknownWord`. */
  readonly words: readonly string[];
  /** 0 for a word that is not in it. */
  readonly idOf: (word: string) => number;
}

/**
 * @param words - by number; the first must be `unknownWord`, none twice.
 * @throws {CpcArgumentError} if the first is another, or a word stands twice.
 */
export function createVocabulary(words: readonly string[]): Vocabulary {
  const ids = new Map(words.map((word, id) => [word, id]));
  const refuse = (expected: string, received: unknown): never => {
    throw new CpcArgumentError({ where: 'createVocabulary', argument: 'words', expected, received });
  };
  if (words[0] !== unknownWord) refuse(`${unknownWord} first`, words[0] ?? 'no word');
  if (ids.size !== words.length)
    refuse(
      'every word once',
      words.find((word, id) => ids.get(word) !== id),
    );
  return { words, idOf: (word) => ids.get(word) ?? 0 };
}

/** Counts words as they come. */
export interface WordCounts {
  readonly add: (word: string, times: number) => void;
  /** The `size` - 1 most frequent words, of equally frequent ones the first by code unit. */
  readonly vocabulary: (size: number) => Vocabulary;
  /** Words seen, each as often as it came. */
  readonly total: () => number;
  /** Every word that is kept, and how often it came. */
  readonly entries: () => Iterable<readonly [word: string, times: number]>;
}

/**
 * @param mostWords - different words that are kept at once: where there are more, the rarest half is forgotten, so that memory
 *   has a bound. Default 5 million.
 */
export function countWords(mostWords = 5_000_000): WordCounts {
  let counts = new Map<string, number>();
  let total = 0;
  const add = (word: string, times: number) => {
    counts.set(word, (counts.get(word) ?? 0) + times);
    total += times;
    if (counts.size > mostWords) counts = new Map(byFrequency(counts).slice(0, Math.floor(mostWords / 2)));
  };
  return {
    add,
    total: () => total,
    entries: () => counts.entries(),
    vocabulary: (size) => {
      if (!Number.isInteger(size) || size < 2) {
        throw new CpcArgumentError({
          where: 'vocabulary',
          argument: 'size',
          expected: 'a whole number of at least 2 words',
          received: size,
        });
      }
      const known = byFrequency(counts).filter(([word]) => word !== unknownWord);
      return createVocabulary([unknownWord, ...known.slice(0, size - 1).map(([word]) => word)]);
    },
  };
}

function byFrequency(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([one, often], [other, rarely]) => rarely - often || (one < other ? -1 : 1));
}
