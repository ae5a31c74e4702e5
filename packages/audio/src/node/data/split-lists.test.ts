import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSplitLists, loadSplitLists } from './split-lists.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-split-lists-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A new folder with these files in it. */
async function put(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  return path;
}

describe('loadSplitLists', () => {
  const load = async (name: string, train: string, test: string) => {
    const path = await put(name, { 'train.txt': train, 'test.txt': test });
    return loadSplitLists(join(path, 'train.txt'), join(path, 'test.txt'));
  };

  it('reads 2 and 1 ids', async () => {
    expect(await load('good', 'a\nb\n', 'c\n')).toEqual({ trainIds: ['a', 'b'], testIds: ['c'] });
  });

  it.each([
    [
      'shared',
      'a\nb\n',
      'b\n',
      'train.txt and test.txt: expected train and test lists that share no utterance, received "b" in both',
    ],
    ['twice', 'a\nb\na\n', 'c\n', 'train.txt, line 3: expected each utterance once, received "a" again'],
    ['words', 'a\n', 'c d\n', 'test.txt, line 1: expected one utterance id, received "c d"'],
    ['empty', 'a\n', '\n', 'test.txt: expected lines of an utterance id a line, received no line'],
  ])('refuses lists with a fault (%s), naming file and line', async (name, train, test, message) => {
    await expect(load(name, train, test)).rejects.toThrow(message);
  });
});

describe('findSplitLists', () => {
  it('finds both files of the paper’s authors, and nothing where there is neither', async () => {
    const path = await put('both', { 'train_split.txt': 'a\n', 'test_split.txt': 'b\n' });
    expect(await findSplitLists(path)).toEqual({ trainIds: ['a'], testIds: ['b'] });
    expect(await findSplitLists(await put('neither', {}))).toBeUndefined();
  });

  it('refuses one file of the two, naming the other', async () => {
    const path = await put('one', { 'train_split.txt': 'a\n' });
    await expect(findSplitLists(path)).rejects.toThrow(/test_split\.txt: expected a file/);
  });
});
