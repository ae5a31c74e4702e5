/** The plain mean of a sentence's word vectors: what an encoder has to be better than. */
import type { HostArray } from '@cpc/core';
import type { Vocabulary } from '../data/vocabulary.js';
import { splitWords } from '../data/words.js';

export interface WordVectors {
  readonly vocabulary: Vocabulary;
  /** Holds `encoder/words/table` `[V, E]`. */
  readonly parameters: Readonly<Record<string, HostArray>>;
}

/**
 * @returns `[N, E]`; words outside the vocabulary count with its unknown word's vector, a sentence without a word is all zero.
 */
export function meanWordVectors({ vocabulary, parameters }: WordVectors, sentences: readonly string[]): HostArray {
  const table = parameters['encoder/words/table'];
  const width = table?.shape[1] ?? 0;
  const data = new Float32Array(sentences.length * width);
  for (const [row, sentence] of sentences.entries()) {
    const ids = splitWords(sentence).map(vocabulary.idOf);
    for (const id of ids)
      for (let entry = 0; entry < width; entry++) {
        const place = row * width + entry;
        data[place] = (data[place] ?? 0) + (table?.data[id * width + entry] ?? 0) / ids.length;
      }
  }
  return { shape: [sentences.length, width], data };
}
