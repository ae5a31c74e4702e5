import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSpeakerFolds } from './folds-file.js';

let path = '';
beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'cpc-folds-')), 'folds.json');
});
afterAll(() => rm(join(path, '..'), { recursive: true }));

async function load(text: string) {
  await writeFile(path, text);
  return loadSpeakerFolds(path);
}

describe('loadSpeakerFolds', () => {
  it('reads 2 folds of 2 and 1 speakers, and calls them by the file’s name', async () => {
    expect(await load('[["a", "b"],\n ["c"]]\n')).toEqual({ folds: [['a', 'b'], ['c']], name: 'folds.json' });
  });

  it.each([
    '',
    '[["a"], ["b"]',
    '{"folds": [["a"], ["b"]]}',
    '[]',
    '[["a"]]',
    '[["a"], []]',
    '[["a"], [""]]',
    '[["a"], [1]]',
    '["a", "b"]',
    'null',
  ])('refuses %j: at least 2 folds of names are expected', async (text) => {
    await expect(load(text)).rejects.toThrow(/folds\.json: expected a JSON list of at least 2 folds/);
  });

  it('refuses a speaker in 2 folds, or twice in 1, naming it', async () => {
    await expect(load('[["a", "b"], ["c", "b"]]')).rejects.toThrow(/every speaker in one fold, received b twice/);
    await expect(load('[["a", "a"], ["c"]]')).rejects.toThrow(/received a twice/);
  });

  it('refuses a file that is not there, naming it', async () => {
    await expect(loadSpeakerFolds(`${path}.old`)).rejects.toThrow(/folds\.json\.old: expected a file, received none/);
  });
});
