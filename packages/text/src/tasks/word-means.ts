/** The plain mean of a sentence's word vectors: what an encoder has to be better than. */
import { flatten, type HostArray, type Tree } from '@cpc/core';
import type { Vocabulary } from '../data/vocabulary.js';
import { splitWords } from '../data/words.js';

export interface WordVectors {
  readonly vocabulary: Vocabulary;
  /** Holds `encoder/words/table` `[V, E]`. */
  readonly parameters: Tree<HostArray>;
}

/**
 * Of learned vectors.
 *
 * @returns `[N, E]`; words outside the vocabulary count with its unknown word's vector, a sentence without a word is all zero.
 */
export function meanWordVectors({ vocabulary, parameters }: WordVectors, sentences: readonly string[]): HostArray {
  const table = flatten(parameters)['encoder/words/table'];
  const width = table?.shape[1] ?? 0;
  const rowOf = (id: number) => table?.data.subarray(id * width, (id + 1) * width);
  return meanVectors(sentences, width, (word) => rowOf(vocabulary.idOf(word)));
}

/**
 * Of vectors of any origin.
 *
 * @param width - E, numbers of a vector.
 * @param vectorOf - of a word in lower case; words without one do not count.
 * @returns `[N, E]`; a sentence of which no word has a vector is all zero.
 */
export function meanVectors(
  sentences: readonly string[],
  width: number,
  vectorOf: (word: string) => ArrayLike<number> | undefined,
): HostArray {
  const data = new Float32Array(sentences.length * width);
  for (const [row, sentence] of sentences.entries()) {
    const vectors = splitWords(sentence)
      .map(vectorOf)
      .filter((vector) => vector !== undefined);
    const mean = data.subarray(row * width, (row + 1) * width);
    for (const vector of vectors)
      for (let entry = 0; entry < width; entry++)
        mean[entry] = (mean[entry] ?? 0) + (vector[entry] ?? 0) / vectors.length;
  }
  return { shape: [sentences.length, width], data };
}
