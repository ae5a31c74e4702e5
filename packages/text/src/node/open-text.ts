/** Finds the text that a command names: a file or folder, or the built-in stories. */
import type { DataSummary } from '@cpc/records';
import { createMemoryCorpus, type SentenceCorpus } from '../data/sentence-corpus.js';
import { countWords, createVocabulary, type Vocabulary } from '../data/vocabulary.js';
import { splitWords } from '../data/words.js';
import { builtInStories } from '../synthesis/stories.js';
import { prepareCorpus } from './data/prepare-corpus.js';
import { openTokenFile, type TokenFileContents } from './data/token-file.js';

/** What `--builtin` stands for. */
export const builtInData = 'builtin';

/** Where the sentences of a corpus lie: a plain value, with which other threads open it again. */
export type TextSource =
  | { readonly kind: 'stories'; readonly vocabularySize: number; readonly words?: readonly string[] | undefined }
  | { readonly kind: 'file'; readonly contents: TokenFileContents };

export interface OpenedText {
  readonly corpus: SentenceCorpus;
  readonly source: TextSource;
  readonly vocabulary: Vocabulary;
  readonly summary: DataSummary;
  readonly dispose: () => Promise<void>;
}

export interface OpenTextOptions {
  readonly vocabularySize: number;
  /** Number words by this one instead of making one. */
  readonly vocabulary?: Vocabulary | undefined;
  readonly strict: boolean;
}

export async function openText(data: string, options: OpenTextOptions): Promise<OpenedText> {
  const { vocabularySize, vocabulary: given, strict } = options;
  if (data === builtInData) return openStories(vocabularySize, given);
  const choice = given === undefined ? { vocabularySize } : { vocabulary: given };
  const { corpus, vocabulary, counts, dispose } = await prepareCorpus(data, { ...choice, strict });
  const { documents, sentences, words, unknownWords } = counts;
  const skipped = corpus.skipped.map(({ path, reason }) => ({ file: path, reason }));
  return {
    corpus,
    vocabulary,
    dispose,
    source: { kind: 'file', contents: corpus.contents },
    summary: { counts: { documents, sentences, words, unknownWords }, skipped },
  };
}

/** The corpus of a source, which must not have been disposed of. */
export async function corpusOf(source: TextSource): Promise<SentenceCorpus> {
  return source.kind === 'stories' ? storiesOf(source).corpus : openTokenFile(source.contents);
}

function storiesOf({ vocabularySize, words }: Extract<TextSource, { kind: 'stories' }>): OpenedText {
  return openStories(vocabularySize, words && createVocabulary(words));
}

function openStories(vocabularySize: number, given?: Vocabulary): OpenedText {
  const stories = builtInStories().map((story) => story.map(splitWords));
  const words = stories.flat(2);
  const counts = countWords();
  for (const word of words) counts.add(word, 1);
  const vocabulary = given ?? counts.vocabulary(vocabularySize);
  const corpus = createMemoryCorpus(
    'built-in stories',
    stories.map((story) => story.map((sentence) => Int32Array.from(sentence, vocabulary.idOf))),
  );
  const summary = {
    counts: { documents: stories.length, sentences: corpus.sentenceCount, words: words.length },
    skipped: [],
  };
  const source = { kind: 'stories', vocabularySize, words: given?.words } as const;
  return { corpus, source, vocabulary, summary, dispose: () => Promise.resolve() };
}
