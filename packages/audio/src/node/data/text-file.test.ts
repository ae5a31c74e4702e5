import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText, readTextIfThere } from './text-file.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-text-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readText', () => {
  it('gives the 5 characters of a file', async () => {
    await writeFile(join(folder, 'a.txt'), 'fünf!');
    expect(await readText(join(folder, 'a.txt'))).toBe('fünf!');
  });

  it('refuses a file that is not there and a folder as unreadable, by name', async () => {
    const missing = join(folder, 'none.txt');
    const unreadable = { name: 'DamagedFileError', kind: 'unreadable' };
    await expect(readText(missing)).rejects.toMatchObject({ ...unreadable, where: missing });
    await expect(readText(folder)).rejects.toMatchObject({ ...unreadable, where: folder });
  });
});

describe('readTextIfThere', () => {
  it('gives undefined where there is no file, and refuses a folder as unreadable', async () => {
    expect(await readTextIfThere(join(folder, 'none.txt'))).toBe(undefined);
    await expect(readTextIfThere(folder)).rejects.toMatchObject({ kind: 'unreadable', where: folder });
  });
});
