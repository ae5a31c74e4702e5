/** A run's model that knows further words, with vectors mapped from a file of word vectors made elsewhere. */
import { flatten, unflatten } from '@cpc/core';
import type { ProbeResult } from '@cpc/records';
import { splitWords } from '../data/words.js';
import { expandVocabulary } from '../expansion/expand-vocabulary.js';
import { readWordVectors } from './data/word-vectors.js';
import type { TextModelFile } from './model-file.js';

/** Path of the learned word vectors. */
const wordTable = 'encoder/words/table';

/** How the words came about, as a record tells it. */
export type AddedWords = NonNullable<ProbeResult['addedWords']>;

export interface ExpandedModel extends TextModelFile {
  /** Undefined where no file was given. */
  readonly addedWords?: AddedWords;
}

/** Which words of the file are added. */
export interface Wanted {
  /** Those of these texts; default all. */
  readonly texts?: readonly string[];
  /** Words of the file that are read, which is in order of frequency as a rule; default all. */
  readonly limit?: number;
}

/** What the commands of this domain ask for besides what all domains' do. */
export interface WordVectorsRequest {
  /** A file with vectors of words that the run may not know: words that training never saw get vectors by a map from those in the file. */
  readonly wordVectors?: string | undefined;
}

/**
 * @param file - any that `readWordVectors` reads; undefined leaves the model as it is.
 * @throws {CpcError} if the file is damaged, or shares too few words with the run to fit a map.
 */
export async function withWordVectors(
  model: TextModelFile,
  file: string | undefined,
  { texts, limit }: Wanted,
): Promise<ExpandedModel> {
  const parameters = flatten(model.parameters);
  const table = parameters[wordTable];
  if (file === undefined || table === undefined) return model;
  const wanted = texts && new Set(texts.flatMap(splitWords));
  const skipped = new Set<string>(); // the file is read twice
  const { vocabulary, shared, added, ...expanded } = await expandVocabulary({
    vocabulary: model.vocabulary,
    table,
    vectors: () => readWordVectors(file, limit, (place) => skipped.add(place)),
    ...(wanted === undefined ? {} : { isWanted: (word: string) => wanted.has(word) }),
  });
  return {
    ...model,
    settings: { ...model.settings, vocabularySize: vocabulary.words.length },
    vocabulary,
    parameters: unflatten({ ...parameters, [wordTable]: expanded.table }),
    addedWords: { file, shared, added },
    warnings: [...model.warnings, ...skippedLines(file, skipped)],
  };
}

function skippedLines(file: string, skipped: ReadonlySet<string>): string[] {
  if (skipped.size === 0) return [];
  const [first = ''] = skipped;
  return [`skipped ${skipped.size} lines of ${file} that are no word and its numbers, the first of them ${first}`];
}

/** The vectors that a file has for the words of some texts; of words alike in lower case, the first counts. */
export async function givenVectors(
  file: string,
  texts: readonly string[],
): Promise<{ readonly width: number; readonly vectorOf: (word: string) => ArrayLike<number> | undefined }> {
  const wanted = new Set(texts.flatMap(splitWords));
  const found = new Map<string, ArrayLike<number>>();
  let width = 0;
  for await (const { word, vector } of readWordVectors(file)) {
    width = vector.length;
    const key = word.toLowerCase();
    if (wanted.has(key) && !found.has(key)) found.set(key, vector);
  }
  return { width, vectorOf: (word) => found.get(word) };
}
