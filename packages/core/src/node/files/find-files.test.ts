import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFiles } from './find-files.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-find-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function files(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), 'x');
  }
}
const find = (root = folder) => findFiles(root, { contents: 'recordings', endings: ['.wav'], otherEndings: ['.mp3'] });
const names = async (root?: string) => (await find(root)).files.map(({ name }) => name);

describe('finds', () => {
  it('files at any depth whose ending matches in any case, in the order of code units', async () => {
    await files('b.wav', 'B.WAV', 'a/é.wav', 'a/z.Wav', 'a/z.txt', 'wav');
    expect(await names()).toEqual(['B.WAV', 'a/z.Wav', 'a/é.wav', 'b.wav']);
  });

  it('1 of 6: hidden files and folders, AppleDouble copies and __MACOSX are no data', async () => {
    await files('a.wav', '.a.wav', '._a.wav', '.ipynb_checkpoints/a.wav', '.Trash-1000/files/a.wav', '__MACOSX/a.wav');
    expect(await find()).toMatchObject({ files: [{ name: 'a.wav', bytes: 1 }], skipped: [] });
  });

  it('1 file in a hidden folder that the user named, with and without a slash at its end', async () => {
    await files('.hidden/a.wav');
    expect(await names(join(folder, '.hidden'))).toEqual(['a.wav']);
    expect(await names(`${join(folder, '.hidden')}/`)).toEqual(['a.wav']);
  });

  it('the one file that is named, whatever its ending', async () => {
    await files('a.data');
    expect(await find(join(folder, 'a.data'))).toMatchObject({ files: [{ name: 'a.data' }], isFile: true });
  });

  it('a name with a line feed, and both of 2 hard links', async () => {
    await files('a\nb.wav');
    await link(join(folder, 'a\nb.wav'), join(folder, 'c.wav'));
    expect(await names()).toEqual(['a\nb.wav', 'c.wav']);
  });
});

describe('follows links', () => {
  it('to a file and to a folder outside, under the names of the links', async () => {
    await files('real/a.wav', 'real/more/b.wav', 'data/c.wav');
    await symlink('../real/a.wav', join(folder, 'data/a.wav'));
    await symlink('../real/more', join(folder, 'data/more'));
    expect(await names(join(folder, 'data'))).toEqual(['a.wav', 'c.wav', 'more/b.wav']);
  });

  it('and reads each of 2 files once where a folder links to itself, its parent and a file within', async () => {
    await files('cat/0.wav', 'dog/0.wav');
    await symlink('.', join(folder, 'cat/loop'));
    await symlink('..', join(folder, 'cat/up'));
    await symlink('0.wav', join(folder, 'cat/again.wav'));
    expect(await find()).toMatchObject({ files: [{ name: 'cat/0.wav' }, { name: 'dog/0.wav' }], skipped: [] });
  });

  it('and ends where 2 folders link to each other', async () => {
    await files('a/0.wav', 'b/1.wav');
    await symlink('../b', join(folder, 'a/b'));
    await symlink('../a', join(folder, 'b/a'));
    expect(await names()).toEqual(['a/0.wav', 'b/1.wav']);
  });

  it('and takes the first of 2 links to one folder outside', async () => {
    await files('real/a.wav');
    await mkdir(join(folder, 'data'));
    await symlink('../real', join(folder, 'data/z'));
    await symlink('../real', join(folder, 'data/m'));
    expect(await names(join(folder, 'data'))).toEqual(['m/a.wav']);
  });
});

describe('lists as skipped', () => {
  it('a dangling link, a link to itself, a named pipe and a file of another kind, each with its reason', async () => {
    await files('a.wav', 'song.MP3');
    await symlink('nowhere', join(folder, 'dangling.wav'));
    await symlink('self.wav', join(folder, 'self.wav'));
    execFileSync('mkfifo', [join(folder, 'pipe.wav')]);
    expect((await find()).skipped).toEqual([
      { path: 'dangling.wav', reason: 'no such file or folder' },
      { path: 'pipe.wav', reason: 'it is a named pipe, not a file' },
      { path: 'self.wav', reason: 'a link that leads to itself' },
      { path: 'song.MP3', reason: 'files ending in .mp3 are not read' },
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('a folder without permission (root may read all)', async () => {
    await files('locked/a.wav', 'b.wav');
    await chmod(join(folder, 'locked'), 0);
    const found = await find();
    await chmod(join(folder, 'locked'), 0o700);
    expect(found).toMatchObject({ files: [{ name: 'b.wav' }], skipped: [{ path: 'locked' }] });
  });
});

it('refuses a folder that does not exist, and a named pipe, by name', async () => {
  await expect(find(join(folder, 'none'))).rejects.toThrow(
    /none: expected a folder of recordings, or one of them, received no such file/,
  );
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await expect(find(join(folder, 'pipe'))).rejects.toThrow(
    /pipe: expected a folder of recordings, or one of them, received a named pipe/,
  );
});
