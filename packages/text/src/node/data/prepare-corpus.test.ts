import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PreparedCorpus, prepareCorpus } from './prepare-corpus.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-books-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function books(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const path = join(folder, name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(path, file, '..'), { recursive: true });
    await writeFile(join(path, file), content);
  }
  return path;
}

/** Runs as text. */
async function textOf({ corpus, vocabulary }: PreparedCorpus): Promise<string[][]> {
  return Promise.all(
    corpus.runs.map(async ({ start, count }) =>
      (await corpus.read(start, count)).map((sentence) => Array.from(sentence, (id) => vocabulary.words[id]).join(' ')),
    ),
  );
}

const novel = 'CHAPTER I.\nIt rained. “Did it?” she asked.\nIt did.\n\nCHAPTER II.\nThe sun shone. It was hot.\n';

describe('prepareCorpus', () => {
  it('numbers the sentences of 2 books in their order; a run ends with its book and at headings', async () => {
    const path = await books('two', { 'b.txt': novel, 'a/a.txt': 'Nobody came. It was late.\nNobody spoke.\n' });
    const prepared = await prepareCorpus(path, { vocabularySize: 100 });
    expect(await textOf(prepared)).toEqual([
      ['nobody came .', 'it was late .', 'nobody spoke .'],
      ['it rained .', '" did it ? " she asked .', 'it did .'],
      ['the sun shone .', 'it was hot .'],
    ]);
    expect(prepared.corpus.runs.map(({ document }) => document)).toEqual([0, 1, 1]);
    expect(prepared.counts).toEqual({ documents: 2, sentences: 8, words: 32, unknownWords: 0 });
    await prepared.dispose();
    expect(existsSync(prepared.corpus.contents.folder)).toBe(false);
  });

  it('keeps the 2 most frequent words of 3, unknown included, and counts the others', async () => {
    const path = await books('few', { 'a.txt': novel });
    const prepared = await prepareCorpus(path, { vocabularySize: 3 });
    expect(prepared.vocabulary.words).toEqual(['<unk>', '.', 'it']);
    expect((await textOf(prepared))[1]).toEqual(['<unk> <unk> <unk> .', 'it <unk> <unk> .']);
    expect(prepared.counts.unknownWords).toBe(13);
    await prepared.dispose();
  });

  it('numbers other text by the vocabulary of the first, and knows no word more', async () => {
    const first = await prepareCorpus(await books('known', { 'a.txt': novel }), { vocabularySize: 100 });
    const path = await books('new', { 'b.txt': 'The rain shone.\nIt was a sun.\n' });
    const prepared = await prepareCorpus(path, { vocabulary: first.vocabulary });
    expect(prepared.vocabulary).toBe(first.vocabulary);
    expect(await textOf(prepared)).toEqual([['the <unk> shone .', 'it was <unk> sun .']]);
    expect(prepared.counts).toMatchObject({ words: 9, unknownWords: 2 });
    await Promise.all([first.dispose(), prepared.dispose()]);
  });

  it('leaves out files that are not text, with the reason, and counts none of their words; strict refuses the first', async () => {
    const latin = Uint8Array.from([...new TextEncoder().encode('Xerxes came. '.repeat(9000)), 0xe9, 0x0a]);
    const path = await books('bad', { 'a.txt': novel, 'b.txt': latin, 'c.txt': ' \n\n', 'd.md': 'Not asked for.' });
    const prepared = await prepareCorpus(path, { vocabularySize: 100 });
    expect(prepared.corpus.skipped).toEqual([
      { path: 'b.txt', reason: expect.stringContaining('not UTF-8') },
      { path: 'c.txt', reason: 'empty: no sentence in it' },
    ]);
    expect(prepared.vocabulary.idOf('xerxes')).toBe(0);
    await prepared.dispose();
    await expect(prepareCorpus(path, { vocabularySize: 100, strict: true })).rejects.toThrow(/b\.txt: expected UTF-8/);
  });

  const losses: readonly (readonly [string, (path: string) => void, string])[] = [
    ['deleted', (path) => rmSync(path), 'no such file or folder (ENOENT)'],
    ['made a folder', (path) => [rmSync(path), mkdirSync(path)], 'a directory'],
    ['changed', (path) => writeFileSync(path, 'The queen slept.\n'), 'it was changed while it was read'],
  ];

  it.each(losses)(
    'makes the same of 2 books where a third is %s between the 2 readings; strict, it is an error',
    async (name, lose, reason) => {
      const two = { 'a.txt': novel, 'c.txt': 'Nobody came. It was late.\n' };
      const path = await books(`lost ${name}`, { ...two, 'b.txt': 'Xerxes came.\n' });
      const onFile = (done: number, total: number) =>
        done === 3 && total === 6 ? lose(join(path, 'b.txt')) : undefined;
      const prepared = await prepareCorpus(path, { vocabularySize: 100, onFile });
      expect(prepared.corpus.skipped).toEqual([{ path: 'b.txt', reason }]);
      const alike = await prepareCorpus(await books(`never there ${name}`, two), { vocabularySize: 100 });
      expect(prepared.vocabulary.words).toEqual(alike.vocabulary.words);
      expect(prepared.counts).toEqual(alike.counts);
      expect(prepared.corpus.fingerprint).toBe(alike.corpus.fingerprint);
      expect(await textOf(prepared)).toEqual(await textOf(alike));
      await Promise.all([prepared.dispose(), alike.dispose()]);
      rmSync(join(path, 'b.txt'), { recursive: true, force: true });
      writeFileSync(join(path, 'b.txt'), 'Xerxes came.\n');
      await expect(prepareCorpus(path, { vocabularySize: 100, onFile, strict: true })).rejects.toThrow(
        /b\.txt: expected UTF-8 text/,
      );
    },
  );

  it('skips 1 of 2 books that is deleted before its first reading', async () => {
    const path = await books('gone', { 'a.txt': novel, 'b.txt': novel });
    const onFile = (done: number) => (done === 1 ? rmSync(join(path, 'b.txt')) : undefined);
    const prepared = await prepareCorpus(path, { vocabularySize: 100, onFile });
    expect(prepared.corpus.skipped).toEqual([{ path: 'b.txt', reason: 'no such file or folder (ENOENT)' }]);
    await prepared.dispose();
  });

  it('reads BOOK.TXT, names 2 PDF files and 1 hidden text as skipped; strict, they are an error that names them', async () => {
    const path = await books('media', {
      'BOOK.TXT': novel,
      'a.pdf': '%PDF',
      'b/c.PDF': '%PDF',
      '.old/book.txt': novel,
      '._BOOK.TXT': 'x',
    });
    const prepared = await prepareCorpus(path, { vocabularySize: 100 });
    expect(prepared.counts.documents).toBe(1);
    expect(prepared.corpus.skipped).toEqual([
      { path: '.old/book.txt', reason: 'hidden, by a name that begins with a dot' },
      { path: 'a.pdf', reason: '.pdf files are not read' },
      { path: 'b/c.PDF', reason: '.pdf files are not read' },
    ]);
    await prepared.dispose();
    await expect(prepareCorpus(path, { vocabularySize: 100, strict: true })).rejects.toThrow(
      /received 3 that are not \(skipped \.old\/book\.txt: hidden.*; skipped 2 files \(\.pdf files are not read\): a\.pdf, b\/c\.PDF\)/,
    );
  });

  it('takes a single file, whatever its name, and a format that was told', async () => {
    const path = join(await books('one', { 'lines.tokens': 'it rained . it\nshe left .\n' }), 'lines.tokens');
    const prepared = await prepareCorpus(path, { vocabularySize: 100, format: 'sentences' });
    expect(await textOf(prepared)).toEqual([['it rained . it', 'she left .']]);
    await prepared.dispose();
  });

  it('has a fingerprint of its own for every change of a letter, the same for the same files', async () => {
    const fingerprint = async (name: string, text: string) => {
      const { corpus, dispose } = await prepareCorpus(await books(name, { 'a.txt': text }), { vocabularySize: 9 });
      await dispose();
      return corpus.fingerprint;
    };
    const first = await fingerprint('first', novel);
    expect(await fingerprint('second', novel)).toBe(first);
    expect(await fingerprint('third', novel.replace('rained', 'hailed'))).not.toBe(first);
  });

  it('refuses a path that is not there, a folder without .txt files, and one whose files are all unreadable', async () => {
    const wrong = { vocabularySize: 9 };
    await expect(prepareCorpus(join(folder, 'none'), wrong)).rejects.toThrow(/a folder of text files, or one of them/);
    await expect(prepareCorpus(await books('md', { 'a.md': 'x' }), wrong)).rejects.toThrow(/files ending in \.txt/);
    await expect(prepareCorpus(await books('nul', { 'a.txt': 'a\0b' }), wrong)).rejects.toThrow(/a\.txt: binary/);
  });

  const data = process.env.CPC_DATA;
  it.skipIf(data === undefined)(
    'finds 60 novels with 200,000 to 225,000 sentences, 2 % of the words unknown, and the second sentence of Wuthering Heights',
    async () => {
      const prepared = await prepareCorpus(join(data ?? '', 'text/books-eltec'), { vocabularySize: 20_000 });
      const { documents, sentences, words, unknownWords } = prepared.counts;
      expect(documents).toBe(60);
      expect(sentences).toBeGreaterThan(200_000);
      expect(sentences).toBeLessThan(225_000);
      expect(unknownWords / words).toBeCloseTo(0.02, 2);
      const text = (await textOf(prepared)).flat();
      expect(text).toContain('this is certainly , a beautiful country !');
      await prepared.dispose();
    },
    180_000,
  );
});
