/**
 * Sentences of word numbers in a file, so that text of any size needs little memory: numbers one behind the other, and where each
 * sentence begins.
 */

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { namingFile } from '@cpc/base/node';
import { CpcError, entryAt } from '@cpc/core';
import { outOfRange, type SentenceCorpus, type SentenceRun } from '../../data/sentence-corpus.js';

const tokensName = 'tokens.i32';
const startsName = 'sentences.u32';
const bytesPerNumber = 4;
const mostTokens = 2 ** 32 - 1;

export interface TokenWriter {
  /** One sentence; one without a word is left out. */
  readonly sentence: (words: readonly number[]) => Promise<void>;
  /** What comes next does not belong to what came before. */
  readonly endRun: () => void;
  /** What comes next stands in another document. */
  readonly endDocument: () => void;
  /** @returns the runs that were written. */
  readonly finish: () => Promise<readonly SentenceRun[]>;
}

/** @param folder - an empty one; gets two files. */
export function createTokenWriter(folder: string): TokenWriter {
  const tokens = openStream(join(folder, tokensName));
  const starts = openStream(join(folder, startsName));
  const runs: SentenceRun[] = [];
  let [sentences, words, runStart, document] = [0, 0, 0, 0];
  const endRun = () => {
    if (sentences > runStart) runs.push({ start: runStart, count: sentences - runStart, document });
    runStart = sentences;
  };
  return {
    endRun,
    endDocument: () => {
      endRun();
      document += 1;
    },
    sentence: async (numbers) => {
      if (numbers.length === 0) return;
      if (words + numbers.length > mostTokens)
        throw new CpcError({ where: 'corpus', expected: `at most ${mostTokens} words`, received: 'more' });
      await written(starts, Uint32Array.of(words));
      await written(tokens, Int32Array.from(numbers));
      words += numbers.length;
      sentences += 1;
    },
    finish: async () => {
      endRun();
      await written(starts, Uint32Array.of(words));
      await Promise.all([tokens, starts].map((stream) => ended(stream)));
      return runs;
    },
  };
}

interface NumberStream {
  readonly path: string;
  readonly stream: WriteStream;
}

/** What goes wrong shows at the next write, or at the end: the stream keeps its error. */
function openStream(path: string): NumberStream {
  const stream = createWriteStream(path);
  stream.on('error', () => undefined);
  return { path, stream };
}

function written({ path, stream }: NumberStream, numbers: Uint32Array | Int32Array): Promise<void> {
  return namingFile(path, async () => {
    if (stream.errored !== null) throw stream.errored;
    if (!stream.write(new Uint8Array(numbers.buffer))) await once(stream, 'drain');
  });
}

function ended({ path, stream }: NumberStream): Promise<void> {
  return namingFile(path, async () => {
    stream.end();
    if (!stream.closed) await new Promise<void>((resolve) => stream.once('close', resolve));
    if (stream.errored !== null) throw stream.errored;
  });
}

/** What a corpus is besides its two files: a plain value, for other threads too. */
export interface TokenFileContents extends Pick<SentenceCorpus, 'name' | 'runs' | 'skipped' | 'fingerprint'> {
  readonly folder: string;
}

export interface TokenFileCorpus extends SentenceCorpus {
  readonly contents: TokenFileContents;
  readonly close: () => Promise<void>;
}

/** Opens what a `TokenWriter` wrote. Nothing of it is kept in memory but the runs. */
export async function openTokenFile(contents: TokenFileContents): Promise<TokenFileCorpus> {
  const { name, folder, runs, skipped, fingerprint } = contents;
  const starts = await open(join(folder, startsName));
  const tokens = await open(join(folder, tokensName));
  const sentenceCount = (await starts.stat()).size / bytesPerNumber - 1;
  return {
    name,
    runs,
    skipped,
    fingerprint,
    sentenceCount,
    contents,
    read: async (start, count) => {
      if (start < 0 || start + count > sentenceCount) throw outOfRange(name, start, count, sentenceCount);
      const ends = new Uint32Array((await readNumbers(starts, start, start + count + 1)).buffer);
      const endOf = (sentence: number) => entryAt(ends, sentence, `${name}, ends of sentences`);
      const first = endOf(0);
      const all = await readNumbers(tokens, first, endOf(count));
      return Array.from({ length: count }, (_, index) => all.slice(endOf(index) - first, endOf(index + 1) - first));
    },
    close: async () => {
      await Promise.all([starts.close(), tokens.close()]);
    },
  };
}

async function readNumbers(file: FileHandle, from: number, to: number): Promise<Int32Array> {
  const numbers = new Int32Array(to - from);
  const bytes = new Uint8Array(numbers.buffer);
  let got = 0;
  while (got < bytes.length) {
    const { bytesRead } = await file.read(bytes, got, bytes.length - got, from * bytesPerNumber + got);
    if (bytesRead === 0)
      throw new CpcError({ where: 'corpus', expected: `${bytes.length} bytes of words`, received: `${got}` });
    got += bytesRead;
  }
  return numbers;
}
