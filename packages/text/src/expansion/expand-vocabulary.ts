/**
 * Vectors for words that training never saw: a linear map from word vectors made elsewhere (word2vec, GloVe, fastText) to the learned
 * ones, fitted on the words that both have. Section 3.3 of the paper, after Kiros et al., 2015, arXiv:1506.06726.
 *
 * Letters used for shapes here:
 *   V  words of the vocabulary    E  size of a learned vector    X  size of a given vector
 */
import { CpcError, type HostArray } from '@cpc/core';
import { createVocabulary, unknownWord, type Vocabulary } from '../data/vocabulary.js';
import { applyMap, createLeastSquares, type LeastSquares, type LinearMap } from './least-squares.js';

/** A word and its vector, made elsewhere. */
export interface WordVector {
  readonly word: string;
  /** `[X]`. */
  readonly vector: ArrayLike<number>;
}

export interface ExpansionOptions {
  readonly vocabulary: Vocabulary;
  /** `[V, E]`: the learned vectors, `encoder/words/table`. */
  readonly table: HostArray;
  /** Called twice: once to fit, once to map. Words are compared in lower case; the first of equal ones counts. */
  readonly vectors: () => AsyncIterable<WordVector>;
  /** Whether a word is to get a vector; default all. */
  readonly isWanted?: (word: string) => boolean;
}

export interface ExpandedVocabulary {
  /** The words it had, in their order, then those that were added, in theirs. */
  readonly vocabulary: Vocabulary;
  /** `[V + added, E]`: the learned vectors as they were, then the mapped ones. */
  readonly table: HostArray;
  /** Words that the map was fitted on. */
  readonly shared: number;
  /** Words that were added. */
  readonly added: number;
}

/**
 * @throws {CpcError} if fewer words are shared than the map has inputs, or vectors are of different sizes.
 *
 * @example
 * const { vocabulary, table } = await expandVocabulary({ ...model, table, vectors: () => readWordVectors('glove.6B.300d.txt') });
 */
export async function expandVocabulary({
  vocabulary,
  table,
  vectors,
  isWanted = () => true,
}: ExpansionOptions): Promise<ExpandedVocabulary> {
  const { map, shared } = await fitMap(vocabulary, table, vectors);
  const width = table.shape[1] ?? 0;
  const words: string[] = [];
  const rows: Float32Array[] = [];
  const known = new Set(vocabulary.words);
  for await (const { word: spelt, vector } of vectors()) {
    const word = spelt.toLowerCase();
    if (known.has(word) || !isWanted(word)) continue;
    known.add(word);
    words.push(word);
    rows.push(applyMap(map, vector));
  }
  const data = new Float32Array(table.data.length + rows.length * width);
  data.set(table.data);
  for (const [index, row] of rows.entries()) data.set(row, table.data.length + index * width);
  return {
    vocabulary: createVocabulary([...vocabulary.words, ...words]),
    table: { shape: [vocabulary.words.length + words.length, width], data },
    shared,
    added: words.length,
  };
}

async function fitMap(
  vocabulary: Vocabulary,
  { shape, data }: HostArray,
  vectors: ExpansionOptions['vectors'],
): Promise<{ map: LinearMap; shared: number }> {
  const width = shape[1] ?? 0;
  const used = new Set<number>();
  let squares: LeastSquares | undefined;
  let size = 0;
  for await (const { word, vector } of vectors()) {
    if (squares === undefined) {
      size = vector.length;
      squares = createLeastSquares(size, width);
    }
    if (vector.length !== size)
      throw new CpcError({
        where: `the vector of ${word}`,
        expected: `${size} numbers, as those before`,
        received: vector.length,
      });
    const id = vocabulary.idOf(word.toLowerCase());
    if (id === 0 || used.has(id)) continue;
    used.add(id);
    squares.add(vector, data.subarray(id * width, (id + 1) * width));
  }
  if (squares === undefined || used.size <= size) {
    throw new CpcError({
      where: 'expandVocabulary',
      expected: `more than ${size} words that the vocabulary and the given vectors share, to fit a map of ${size} inputs`,
      received: `${used.size} of ${vocabulary.words.length - 1}`,
      fix: `Vectors of the same language are needed; ${unknownWord} does not count.`,
    });
  }
  return { map: squares.solve(), shared: used.size };
}
