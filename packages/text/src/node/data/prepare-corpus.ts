/**
 * A file or folder of text as a corpus of word numbers: read twice, once to count words and once to number them, never as a whole.
 */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { CpcError, skippedInWords } from '@cpc/core';
import { createTemporaryFolder, type FoundFiles, findFiles } from '@cpc/core/node';
import { type Block, createBlockReader, guessFormat, guessLines, type TextFormat } from '../../data/blocks.js';
import type { SkippedText } from '../../data/sentence-corpus.js';
import { countWords, type Vocabulary, type WordCounts } from '../../data/vocabulary.js';
import { splitWords } from '../../data/words.js';
import { textLines, UnreadableTextError } from './text-lines.js';
import { createTokenWriter, openTokenFile, type TokenFileCorpus } from './token-file.js';

/** The vocabulary's size, the unknown word included, or one that there is already, such as a trained model's for text that it never saw. */
export type VocabularyChoice =
  | { readonly vocabularySize: number; readonly vocabulary?: never }
  | { readonly vocabulary: Vocabulary; readonly vocabularySize?: never };

export type PrepareCorpusOptions = ReadingOptions & VocabularyChoice;

interface ReadingOptions {
  /** How lines make up text; guessed file by file if left out. */
  readonly format?: TextFormat;
  /** Fail at a file that cannot be read, instead of leaving it out; default false. */
  readonly strict?: boolean;
  /** Told after every file of both passes. */
  readonly onFile?: (done: number, total: number) => void;
}

export interface PreparedCorpus {
  readonly corpus: TokenFileCorpus;
  readonly vocabulary: Vocabulary;
  readonly counts: {
    readonly documents: number;
    readonly sentences: number;
    readonly words: number;
    /** Of these, not in the vocabulary. */
    readonly unknownWords: number;
  };
  /** Closes the corpus and removes its files. */
  readonly dispose: () => Promise<void>;
}

/**
 * @param path - a file, or a folder whose `.txt` files are read, those of folders within too; see `findFiles` of core.
 * @throws {CpcError} if there is no such file, or none that can be read; with `strict` at the first that cannot.
 *
 * @example
 * const { corpus, vocabulary, dispose } = await prepareCorpus('books', { vocabularySize: 20_000 });
 * const heldOut = await prepareCorpus('other-books', { vocabulary });
 */
export async function prepareCorpus(path: string, options: PrepareCorpusOptions): Promise<PreparedCorpus> {
  const found = await textFiles(path);
  refuseSkipped(found, options.strict ?? false);
  const { read, vocabulary, skipped, words, fingerprint } = await countAll(found, path, options);
  const folder = await createTemporaryFolder('cpc-text-');
  try {
    const { runs, unknownWords } = await numberAll(read, vocabulary, folder, options);
    const corpus = await openTokenFile({ name: basename(path), folder, runs, skipped, fingerprint });
    return {
      corpus,
      vocabulary,
      counts: { documents: read.length, sentences: corpus.sentenceCount, words, unknownWords },
      dispose: async () => {
        await corpus.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Documents that are no plain text: named in warnings. */
const otherEndings = ['.pdf', '.doc', '.docx', '.odt', '.rtf', '.epub', '.mobi', '.html', '.htm', '.gz', '.zip', '.xz'];

async function textFiles(path: string): Promise<FoundFiles> {
  const found = await findFiles(path, { contents: 'text files', endings: ['.txt'], otherEndings });
  if (found.files.length > 0) return found;
  throw new CpcError({
    where: path,
    expected: 'files ending in .txt',
    received: found.skipped.length === 0 ? 'none' : `none, but ${skippedInWords(found.skipped).join('; ')}`,
    fix: 'Name a single file, or rename them.',
  });
}

/** With `strict`, a file that would be skipped is an error. */
function refuseSkipped({ skipped }: Pick<FoundFiles, 'skipped'>, strict: boolean): void {
  const [first] = skipped;
  if (strict && first !== undefined)
    throw new CpcError({ where: first.path, expected: 'UTF-8 text', received: first.reason });
}

interface ReadableFile {
  readonly path: string;
  readonly format: TextFormat;
}

async function countAll(
  { files, skipped: unread }: FoundFiles,
  root: string,
  { format, strict = false, onFile, ...choice }: PrepareCorpusOptions,
) {
  const counts = countWords();
  const read: ReadableFile[] = [];
  const skipped: SkippedText[] = [...unread];
  const hash = createHash('sha256');
  for (const [index, { name, path }] of files.entries()) {
    try {
      const file = { path, format: format ?? (await guessedFormat(path)) };
      const own = await countFile(file);
      for (const [word, count] of own.counts.entries()) counts.add(word, count);
      hash.update(`${name}\0${file.format}\0${own.digest}\0`);
      read.push(file);
    } catch (error) {
      if (!(error instanceof UnreadableTextError)) throw error;
      if (strict) throw new CpcError({ where: path, expected: 'UTF-8 text', received: error.message });
      skipped.push({ path: name, reason: error.message });
    }
    onFile?.(index + 1, 2 * files.length);
  }
  if (read.length === 0) {
    const reasons = skipped.map(({ path, reason }) => `${path}: ${reason}`).join('; ');
    throw new CpcError({ where: root, expected: 'a file of UTF-8 text', received: reasons });
  }
  const vocabulary = choice.vocabulary ?? counts.vocabulary(choice.vocabularySize);
  return { read, skipped, vocabulary, words: counts.total(), fingerprint: `sha256:${hash.digest('hex')}` };
}

async function guessedFormat(path: string): Promise<TextFormat> {
  const lines: string[] = [];
  for await (const line of textLines(path, { limit: guessLines })) lines.push(line);
  return guessFormat(lines);
}

/** A file is counted by itself first: one that breaks off in the middle leaves nothing behind. */
async function countFile(file: ReadableFile): Promise<{ counts: WordCounts; digest: string }> {
  const hash = createHash('sha256');
  const counts = countWords();
  for await (const sentence of sentencesOf(file, hash)) for (const word of sentence ?? []) counts.add(word, 1);
  if (counts.total() === 0) throw new UnreadableTextError('empty: no sentence in it');
  return { counts, digest: hash.digest('hex') };
}

async function numberAll(
  files: readonly ReadableFile[],
  vocabulary: Vocabulary,
  folder: string,
  { onFile }: ReadingOptions,
) {
  const writer = createTokenWriter(folder);
  let unknownWords = 0;
  for (const [index, file] of files.entries()) {
    for await (const sentence of sentencesOf(file)) {
      if (sentence === undefined) writer.endRun();
      else {
        const numbers = sentence.map(vocabulary.idOf);
        unknownWords += numbers.filter((id) => id === 0).length;
        await writer.sentence(numbers);
      }
    }
    writer.endDocument();
    onFile?.(files.length + index + 1, 2 * files.length);
  }
  return { runs: await writer.finish(), unknownWords };
}

/**
 * The sentences of a file or folder as text, in their order; files that cannot be read are left out, or refused with `strict`.
 *
 * @throws {CpcError} as `prepareCorpus`.
 */
export async function* readSentences(
  path: string,
  { format, strict = false }: Pick<ReadingOptions, 'format' | 'strict'> = {},
): AsyncGenerator<string, void, undefined> {
  const found = await textFiles(path);
  refuseSkipped(found, strict);
  for (const file of found.files) {
    try {
      for await (const block of blocksOf({ path: file.path, format: format ?? (await guessedFormat(file.path)) }))
        if (block.kind === 'paragraph') yield* block.sentences;
    } catch (error) {
      if (!(error instanceof UnreadableTextError)) throw error;
      if (strict) throw new CpcError({ where: file.path, expected: 'UTF-8 text', received: error.message });
    }
  }
}

/** Sentence by sentence as words; `undefined` where what follows does not belong to what came before. */
async function* sentencesOf(
  file: ReadableFile,
  hash?: ReturnType<typeof createHash>,
): AsyncGenerator<readonly string[] | undefined> {
  for await (const block of blocksOf(file, hash)) {
    if (block.kind === 'break') yield undefined;
    else yield* block.sentences.map(splitWords);
  }
}

async function* blocksOf({ path, format }: ReadableFile, hash?: ReturnType<typeof createHash>): AsyncGenerator<Block> {
  const reader = createBlockReader(format);
  for await (const line of textLines(path, hash === undefined ? {} : { hash })) yield* reader.line(line);
  yield* reader.end();
}
