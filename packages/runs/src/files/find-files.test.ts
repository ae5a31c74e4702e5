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

  it('1 of 7: what macOS and file managers add is passed over, as are hidden files of another kind', async () => {
    await files(
      'a.wav',
      '._a.wav',
      '__MACOSX/a.wav',
      'x/__MACOSX/b/._a.wav',
      '@eaDir/a.wav',
      '.DS_Store',
      '.git/config',
    );
    expect(await find()).toMatchObject({ files: [{ name: 'a.wav', bytes: 1 }], skipped: [] });
  });

  it('1 of 4, and lists 3 as skipped: hidden by their own name or by that of a folder', async () => {
    await files(
      'a.wav',
      'x/.a.wav',
      '.ipynb_checkpoints/a.WAV',
      '.Trash-1000/files/a.wav',
      '.Trash-1000/files/._a.wav',
    );
    const reason = 'hidden, by a name that begins with a dot';
    expect(await find()).toMatchObject({ files: [{ name: 'a.wav' }] });
    expect((await find()).skipped).toEqual([
      { path: '.Trash-1000/files/a.wav', reason },
      { path: '.ipynb_checkpoints/a.WAV', reason },
      { path: 'x/.a.wav', reason },
    ]);
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

it('follows a link to a file in a hidden folder, as git-annex has them, and then skips nothing', async () => {
  await files('.git/annex/objects/SHA.wav');
  await symlink('.git/annex/objects/SHA.wav', join(folder, 'a.wav'));
  expect(await find()).toMatchObject({ files: [{ name: 'a.wav' }], skipped: [] });
});

it('3,000 files of a folder in order', async () => {
  const all = Array.from({ length: 3000 }, (_, n) => `${n}.wav`);
  await Promise.all(all.map((name) => writeFile(join(folder, name), '')));
  expect(await names()).toEqual([...all].sort());
});

it('finds nothing in empty folders, and nothing of another ending', async () => {
  await mkdir(join(folder, 'empty/more'), { recursive: true });
  await files('a.txt', 'wav', 'b.wav.part');
  expect(await find()).toEqual({ files: [], skipped: [], isFile: false });
});

describe('lists as skipped', () => {
  it('a link to a folder around the data, instead of walking through the whole disk', async () => {
    await files('data/a.wav', 'other/b.wav');
    await symlink('..', join(folder, 'data/up'));
    await symlink('/', join(folder, 'data/root'));
    const reason = 'a link to a folder around the data';
    expect(await find(join(folder, 'data'))).toMatchObject({
      files: [{ name: 'a.wav' }],
      skipped: [
        { path: 'root', reason },
        { path: 'up', reason },
      ],
    });
  });

  it('a file whose name is not UTF-8, with the bytes that are none replaced', async () => {
    await files('a.wav');
    await writeFile(Buffer.concat([Buffer.from(`${folder}/b`), Buffer.from([0xff]), Buffer.from('.wav')]), '');
    expect(await find()).toMatchObject({
      files: [{ name: 'a.wav' }],
      skipped: [{ path: 'b\uFFFD.wav', reason: 'a name that is not UTF-8' }],
    });
  });

  it('a dangling link, a link to itself, a named pipe and a file of another kind, each with its reason', async () => {
    await files('a.wav', 'song.MP3');
    await symlink('nowhere', join(folder, 'dangling.wav'));
    await symlink('self.wav', join(folder, 'self.wav'));
    execFileSync('mkfifo', [join(folder, 'pipe.wav')]);
    expect((await find()).skipped).toEqual([
      { path: 'dangling.wav', reason: 'no such file or folder (ENOENT)' },
      { path: 'pipe.wav', reason: 'a named pipe, not a file' },
      { path: 'self.wav', reason: 'a loop of links (ELOOP)' },
      { path: 'song.MP3', reason: '.mp3 files are not read' },
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
