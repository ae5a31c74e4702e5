/**
 * A file or folder of text as a corpus of word numbers: read twice, once to count words and once to number them, never as a whole.
 */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { CpcError, refuseSkippedFiles, skippedInWords } from '@cpc/core';
import { createTemporaryFolder, type FoundFile, type FoundFiles } from '@cpc/runs';
import { type Block, createBlockReader, guessFormat, guessLines, type TextFormat } from '../../data/blocks.js';
import type { SkippedText } from '../../data/sentence-corpus.js';
import { countWords, type Vocabulary, type WordCounts } from '../../data/vocabulary.js';
import { splitWords } from '../../data/words.js';
import { reasonToSkip, textFiles, unusableText } from './text-files.js';
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
  if (options.strict === true) refuseSkippedFiles(path, found.skipped);
  return prepareFiles(found, path, options);
}

/** Begins again without a file that is gone, or another, when it is read for the second time. */
async function prepareFiles(found: FoundFiles, path: string, options: PrepareCorpusOptions): Promise<PreparedCorpus> {
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
    if (!(error instanceof LostFileError)) throw error;
    if (options.strict === true) throw unusableText(error.file.path, error.message);
    return prepareFiles(without(found, error), path, options);
  }
}

/** A file that was counted and cannot be numbered. */
class LostFileError extends Error {
  constructor(
    readonly file: FoundFile,
    reason: string,
  ) {
    super(reason);
  }
}

function without({ files, skipped, isFile }: FoundFiles, { file, message: reason }: LostFileError): FoundFiles {
  return {
    files: files.filter(({ name }) => name !== file.name),
    skipped: [...skipped, { path: file.name, reason }],
    isFile,
  };
}

interface ReadableFile extends FoundFile {
  readonly format: TextFormat;
}

interface CountedFile extends ReadableFile {
  readonly digest: string;
}

async function countAll(
  { files, skipped: unread }: FoundFiles,
  root: string,
  { format, strict = false, onFile, ...choice }: PrepareCorpusOptions,
) {
  const counts = countWords();
  const read: CountedFile[] = [];
  const skipped: SkippedText[] = [...unread];
  const hash = createHash('sha256');
  for (const [index, found] of files.entries()) {
    const { name, path } = found;
    try {
      const file = { ...found, format: format ?? (await guessedFormat(path)) };
      const own = await countFile(file);
      for (const [word, count] of own.counts.entries()) counts.add(word, count);
      hash.update(`${name}\0${file.format}\0${own.digest}\0`);
      read.push({ ...file, digest: own.digest });
    } catch (error) {
      const reason = reasonToSkip(error);
      if (strict) throw unusableText(path, reason);
      skipped.push({ path: name, reason });
    }
    onFile?.(index + 1, 2 * files.length);
  }
  if (read.length === 0) {
    const received = `none, but ${skippedInWords(skipped).join('; ')}`;
    throw new CpcError({ where: root, expected: 'a file of UTF-8 text', received });
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
  files: readonly CountedFile[],
  vocabulary: Vocabulary,
  folder: string,
  { onFile }: ReadingOptions,
) {
  const writer = createTokenWriter(folder);
  let unknownWords = 0;
  for (const [index, file] of files.entries()) {
    for await (const sentence of sameSentences(file)) {
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
 * Those that were counted.
 *
 * @throws {LostFileError} if the file cannot be read any more, or has changed.
 */
async function* sameSentences(file: CountedFile): AsyncGenerator<readonly string[] | undefined> {
  const hash = createHash('sha256');
  const sentences = sentencesOf(file, hash);
  for (;;) {
    const next = await sentences.next().catch((error: unknown) => {
      throw new LostFileError(file, reasonToSkip(error));
    });
    if (next.done === true) break;
    yield next.value;
  }
  if (hash.digest('hex') !== file.digest) throw new LostFileError(file, 'it was changed while it was read');
}

export interface ReadSentencesOptions extends Pick<ReadingOptions, 'format' | 'strict'> {
  /** Told of every file that is skipped. */
  readonly onSkipped?: (file: SkippedText) => void;
}

/**
 * The sentences of a file or folder as text, in their order; files that cannot be read are skipped, or refused with `strict`.
 *
 * @throws {CpcError} as `prepareCorpus`.
 */
export async function* readSentences(
  path: string,
  { format, strict = false, onSkipped }: ReadSentencesOptions = {},
): AsyncGenerator<string, void, undefined> {
  const found = await textFiles(path);
  if (strict) refuseSkippedFiles(path, found.skipped);
  for (const file of found.skipped) onSkipped?.(file);
  for (const file of found.files) {
    try {
      for await (const block of blocksOf({ path: file.path, format: format ?? (await guessedFormat(file.path)) }))
        if (block.kind === 'paragraph') yield* block.sentences;
    } catch (error) {
      const reason = reasonToSkip(error);
      if (strict) throw unusableText(file.path, reason);
      onSkipped?.({ path: file.name, reason });
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

async function* blocksOf(
  { path, format }: Pick<ReadableFile, 'path' | 'format'>,
  hash?: ReturnType<typeof createHash>,
): AsyncGenerator<Block> {
  const reader = createBlockReader(format);
  for await (const line of textLines(path, hash === undefined ? {} : { hash })) yield* reader.line(line);
  yield* reader.end();
}
