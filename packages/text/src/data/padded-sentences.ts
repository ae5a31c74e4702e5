/**
 * Sentences of different lengths as one array.
 *
 * Letters used for shapes here:
 *   N  sentences    W  words of a sentence at most
 */
import { CpcArgumentError } from '@cpc/core';

export interface PaddedSentences {
  /** `[N, W]` word numbers; 0 behind a sentence's end. */
  readonly words: Int32Array;
  /** `[N, W]`: 1 where a word stands, 0 behind the end. */
  readonly mask: Float32Array;
}

/**
 * @param sentences - word numbers, at least one each; what lies behind word W is left out.
 * @param maxWords - W, at least 1.
 * @throws {CpcArgumentError} if a sentence has no word: its mean would not be a number.
 */
export function padSentences(sentences: readonly Int32Array[], maxWords: number): PaddedSentences {
  requireWords('padSentences', sentences);
  const words = new Int32Array(sentences.length * maxWords);
  const mask = new Float32Array(sentences.length * maxWords);
  for (const [row, sentence] of sentences.entries()) {
    const kept = sentence.subarray(0, maxWords);
    words.set(kept, row * maxWords);
    mask.fill(1, row * maxWords, row * maxWords + kept.length);
  }
  return { words, mask };
}

/** @throws {CpcArgumentError} if a sentence has no word, naming the first such. */
export function requireWords(where: string, sentences: readonly Int32Array[]): void {
  const row = sentences.findIndex(({ length }) => length === 0);
  if (row === -1) return;
  const expected = 'at least one word in every sentence';
  throw new CpcArgumentError({ where, argument: 'sentences', expected, received: `none in ${row}` });
}
