/**
 * Which pictures a folder holds, and what its layout says of them.
 *
 * - `train/` and `val/` (or `test/`), each with a folder per class, as ImageNet and its parts are laid out: the given split.
 * - A folder per class.
 * - Pictures alone: no classes.
 *
 * Names decide; no picture is opened.
 */
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { CpcError } from '@cpc/core';
import type { ImageEntry } from '../../data/image-set.js';
import type { SkippedImage } from '../../data/skipped-image.js';

/** A file that may be a picture. */
export interface ListedImage extends ImageEntry {
  readonly path: string;
  readonly bytes: number;
}

export interface ListedFolder {
  readonly images: readonly ListedImage[];
  readonly classes: readonly string[];
  readonly skipped: readonly SkippedImage[];
}

const pictureEndings = new Set(['.jpg', '.jpeg', '.png', '.webp']);
const otherPictureEndings = new Set([
  '.gif',
  '.bmp',
  '.tif',
  '.tiff',
  '.avif',
  '.heic',
  '.heif',
  '.jxl',
  '.jp2',
  '.svg',
]);
const trainFolders = ['train'];
const testFolders = ['val', 'valid', 'validation', 'test'];

/** @throws {CpcError} if there is no such folder, or no picture in it. */
export async function listImages(folder: string): Promise<ListedFolder> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new CpcError({ where: folder, expected: 'a folder of pictures', received: 'none that can be read', cause });
  });
  const lowered = new Map(names.map((name) => [name.toLowerCase(), name]));
  const train = trainFolders.map((name) => lowered.get(name)).find((name) => name !== undefined);
  const test = testFolders.map((name) => lowered.get(name)).find((name) => name !== undefined);
  const sides: readonly Side[] =
    train === undefined || test === undefined
      ? [{ prefix: '' }]
      : [
          { prefix: train, side: 'train' },
          { prefix: test, side: 'test' },
        ];
  const found = await Promise.all(sides.map((side) => listSide(folder, side)));
  return withClasses(
    folder,
    found.flatMap(({ files }) => files),
    found.flatMap(({ skipped }) => skipped),
  );
}

interface Side {
  /** Folder below the folder given; empty for that itself. */
  readonly prefix: string;
  readonly side?: 'train' | 'test';
}

interface FoundFile extends Pick<ListedImage, 'name' | 'path' | 'bytes' | 'side'> {
  /** The folder it lies in, below its side; undefined where it lies in no folder. */
  readonly folder: string | undefined;
}

async function listSide(root: string, { prefix, side }: Side) {
  const files: FoundFile[] = [];
  const skipped: SkippedImage[] = [];
  const names = (await readdir(join(root, prefix), { recursive: true }))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  for (const name of names) {
    const shown = prefix === '' ? name : `${prefix}/${name}`;
    const path = join(root, shown);
    const ending = extname(name).toLowerCase();
    if (otherPictureEndings.has(ending)) skipped.push({ path: shown, reason: `the ending ${ending}` });
    if (!pictureEndings.has(ending)) continue;
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) continue;
    if (info === undefined) skipped.push({ path: shown, reason: 'it cannot be read' });
    else if (info.size === 0) skipped.push({ path: shown, reason: 'an empty file' });
    else {
      const folder = name.includes('/') ? name.split('/')[0] : undefined;
      files.push({ name: shown, path, bytes: info.size, folder, ...(side === undefined ? {} : { side }) });
    }
  }
  return { files, skipped };
}

/** Where some lie in folders, a picture beside these has no class and is left out. */
function withClasses(where: string, files: readonly FoundFile[], skipped: readonly SkippedImage[]): ListedFolder {
  const classes = [...new Set(files.flatMap(({ folder }) => (folder === undefined ? [] : [folder])))].sort();
  const isFlat = classes.length === 0;
  const astray = isFlat ? [] : files.filter(({ folder }) => folder === undefined);
  const kept = isFlat ? files : files.filter(({ folder }) => folder !== undefined);
  if (kept.length === 0) throw noPictures(where, skipped);
  return {
    classes,
    images: kept.map(({ folder, ...file }) =>
      folder === undefined ? file : { ...file, label: classes.indexOf(folder) },
    ),
    skipped: [...skipped, ...astray.map(({ name }) => ({ path: name, reason: 'it lies in no class’s folder' }))],
  };
}

function noPictures(where: string, skipped: readonly SkippedImage[]): CpcError {
  const [first] = skipped;
  return new CpcError({
    where,
    expected: `pictures that end in ${[...pictureEndings].join(', ')}`,
    received: first === undefined ? 'none' : `none that is whole: ${first.path}: ${first.reason}`,
  });
}
