/**
 * Word numbers that are spread as those of novels: drawn from a seed, so that anyone can repeat it without the books.
 *
 * What a step costs depends on how long sentences are and how many different words a batch has; on nothing else of them.
 */

import { createRandom, type Random } from '@cpc/core';
import { createMemoryCorpus, type SentenceCorpus } from '@cpc/text';

/** Of 77,000 sentences of 20 English novels of the 19th century: the logarithm of their length has this mean and deviation. */
const [meanLogLength, logLengthDeviation] = [2.764, 0.8];

const seed = 1;

/** @param vocabularySize - words are drawn by Zipf's law: the nth most frequent one as often as 1 / n. */
export function novelLikeCorpus(sentences: number, vocabularySize: number): SentenceCorpus {
  return createMemoryCorpus('numbers like a novel', [novelLikeSentences(sentences, vocabularySize)]);
}

/** Word numbers by sentence, none empty. */
export function novelLikeSentences(count: number, vocabularySize: number): Int32Array[] {
  const random = createRandom(seed).fold('novel');
  return Array.from({ length: count }, () =>
    Int32Array.from({ length: lengthOf(random) }, () => wordOf(random, vocabularySize)),
  );
}

function lengthOf(random: Random): number {
  return Math.max(1, Math.round(Math.exp(meanLogLength + logLengthDeviation * random.normal())));
}

/** The inverse of the distribution of a density 1 / x from 1 to V: Zipf's law without its sum. */
function wordOf(random: Random, vocabularySize: number): number {
  return Math.min(vocabularySize, Math.floor(vocabularySize ** random.uniform())) - 1;
}
