import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imagesOfFolder, openImageFolder } from './image-folder.js';

let root: string;
let picture: Buffer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cpc-vision-folder-'));
  picture = await sharp({ create: { width: 12, height: 12, channels: 3, background: { r: 9, g: 8, b: 7 } } })
    .png()
    .toBuffer();
});
afterAll(() => rm(root, { recursive: true }));

async function folderOf(name: string, files: readonly string[]): Promise<string> {
  const folder = join(root, name);
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), picture);
  }
  return folder;
}

const open = (folder: string, strict = false) => openImageFolder(folder, { side: 6, strict });

describe('openImageFolder', () => {
  it('reads train and val with a folder per class as a given split, 2 classes, in the order of names', async () => {
    const folder = await folderOf('imagenet', ['val/b/4.png', 'train/b/2.JPEG', 'train/a/1.png', 'val/a/3.webp']);
    const { images, classes } = await open(folder);
    expect(classes).toEqual(['a', 'b']);
    expect(images.map(({ name, label, side }) => [name, label, side])).toEqual([
      ['train/a/1.png', 0, 'train'],
      ['train/b/2.JPEG', 1, 'train'],
      ['val/a/3.webp', 0, 'test'],
      ['val/b/4.png', 1, 'test'],
    ]);
  });

  it('reads a folder per class without a split, and pictures alone without classes', async () => {
    const classed = await open(await folderOf('classed', ['dog/x/1.png', 'cat/2.png']));
    expect([classed.classes, classed.images.map(({ label, side }) => [label, side])]).toEqual([
      ['cat', 'dog'],
      [
        [0, undefined],
        [1, undefined],
      ],
    ]);
    const flat = await open(await folderOf('flat', ['2.png', '1.png']));
    expect([flat.classes, flat.images.map(({ name, label }) => [name, label])]).toEqual([
      [],
      [
        ['1.png', undefined],
        ['2.png', undefined],
      ],
    ]);
  });

  it('names what it leaves out: an empty file, another format, a picture beside the classes; text is passed over', async () => {
    const folder = await folderOf('mixed', ['a/1.png', 'b/2.png', 'astray.png', 'a/3.gif', 'notes.txt']);
    await writeFile(join(folder, 'b/empty.jpg'), '');
    const { images, skipped } = await open(folder);
    expect(images).toHaveLength(2);
    expect(skipped).toEqual([
      { path: 'a/3.gif', reason: '.gif files are not read' },
      { path: 'b/empty.jpg', reason: 'an empty file' },
      { path: 'astray.png', reason: 'it lies in no class’s folder' },
    ]);
    await expect(open(folder, true)).rejects.toThrow(
      /mixed: expected every file .*received 3 that are not .*a\/3\.gif/,
    );
  });

  it('has no classes where 3 of 4 pictures lie in no folder, says so, and uses all 4', async () => {
    const { images, classes, skipped, warnings } = await open(
      await folderOf('mostly-flat', ['1.png', '2.png', '3.png', 'thumbs/4.png']),
    );
    expect([classes, images.map(({ label }) => label), skipped]).toEqual([[], Array(4).fill(undefined), []]);
    expect(warnings).toEqual([
      expect.stringMatching(/^3 of 4 pictures lie in no folder, so that folders are no classes/),
    ]);
  });

  it('uses val of train, val and test, and counts the 2 pictures of test in a warning', async () => {
    const names = ['train/a/1.png', 'train/b/2.png', 'val/a/3.png', 'val/b/4.png', 'test/a/5.png', 'test/6.png'];
    const { images, warnings, skipped } = await open(await folderOf('three', names));
    expect([images.length, skipped]).toEqual([4, []]);
    expect(warnings).toEqual(['test/: 2 images are not used, as the split is train/ and val/']);
  });

  it('strict, finds a picture that cannot be decoded; otherwise reading it does', async () => {
    const folder = await folderOf('damaged', ['1.png', '2.png']);
    await writeFile(join(folder, '2.png'), picture.subarray(0, 40));
    await expect(open(folder, true)).rejects.toThrow(/^2\.png: expected one whole/);
    const set = await open(folder);
    await expect(set.read(1)).rejects.toMatchObject({ name: 'DamagedImageError' });
    expect([...(await set.read(0)).data.subarray(0, 3)]).toEqual([9, 8, 7]);
  });

  it('refuses a folder that is not there, and one without a picture', async () => {
    await expect(open(join(root, 'nowhere'))).rejects.toThrow(/nowhere: expected a folder of pictures/);
    await expect(open(await folderOf('words', ['a.txt']))).rejects.toThrow(/that end in \.jpg.*received none/);
  });

  it('has a fingerprint that names and sizes decide, wherever the folder lies; read again, a picture is the same', async () => {
    const [one, same, other] = await Promise.all(
      [
        ['one', ['a/1.png']],
        ['same', ['a/1.png']],
        ['other', ['a/2.png']],
      ].map(async ([name, files]) => open(await folderOf(String(name), [...(files ?? [])]))),
    );
    expect(one?.fingerprint).toBe(same?.fingerprint);
    expect(one?.fingerprint).not.toBe(other?.fingerprint);
    const again = one === undefined ? undefined : imagesOfFolder(one.contents, { side: 6, cacheBytes: 0 });
    expect((await again?.read(0))?.data).toEqual((await one?.read(0))?.data);
    expect(await one?.read(0)).toBe(await one?.read(0)); // kept
  });
});
