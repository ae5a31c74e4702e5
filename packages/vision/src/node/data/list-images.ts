/**
 * Which pictures a folder holds, and what its layout says of them.
 *
 * - `train/` and `val/` (or `test/`), each with a folder per class, as ImageNet and its parts are laid out: the given split.
 * - A folder per class.
 * - Pictures alone: no classes. Where more than half of the pictures lie in no folder, those in folders have no class either.
 *
 * Names decide; no picture is opened. Which files count is decided by `findFiles` of core.
 */
import { CpcError, skippedInWords } from '@cpc/core';
import { type FoundFile, findFiles } from '@cpc/runs';
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
  readonly warnings: readonly string[];
}

const endings = ['.jpg', '.jpeg', '.png', '.webp'];
const otherEndings = [
  ...[
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
    '.jfif',
    '.jpe',
    '.ico',
    '.psd',
  ],
  ...['.dng', '.cr2', '.cr3', '.nef', '.arw', '.tfrecord'],
];
const trainFolders = ['train'];
const testFolders = ['val', 'valid', 'validation', 'test'];

/** @throws {CpcError} if there is no such folder, or no picture in it. */
export async function listImages(root: string): Promise<ListedFolder> {
  const { files, skipped, isFile } = await findFiles(root, { contents: 'pictures', endings, otherEndings });
  const whole = files.filter(({ bytes }) => bytes > 0);
  const empty = files.filter(({ bytes }) => bytes === 0);
  const split = isFile ? undefined : splitOf(files);
  const placed = trainFirst(whole.flatMap((file) => placedIn(split, file)));
  const unused = [...skipped, ...empty.map(({ name }) => ({ path: name, reason: 'an empty file' }))];
  const listed = withClasses(root, placed, unused);
  return { ...listed, warnings: [...(split === undefined ? [] : besideSplit(split, files)), ...listed.warnings] };
}

/** The folders that hold the two sides of a split. */
interface SplitFolders {
  readonly train: string;
  readonly test: string;
}

function splitOf(files: readonly FoundFile[]): SplitFolders | undefined {
  const folders = new Map(files.flatMap(({ name }) => topFolder(name).map((top) => [top.toLowerCase(), top] as const)));
  const [train, test] = [trainFolders, testFolders].map((names) => names.find((name) => folders.has(name)));
  if (train === undefined || test === undefined) return undefined;
  return { train: folders.get(train) ?? train, test: folders.get(test) ?? test };
}

/** The first folder of a name, or nothing. */
function topFolder(name: string): string[] {
  return name.includes('/') ? name.split('/').slice(0, 1) : [];
}

/** A file with its side and folder; nothing if it lies beside the two sides. */
function placedIn(split: SplitFolders | undefined, file: FoundFile): PlacedFile[] {
  if (split === undefined) return [{ ...file, folder: topFolder(file.name)[0] }];
  const [top] = topFolder(file.name);
  if (top !== split.train && top !== split.test) return [];
  const [folder] = topFolder(file.name.slice(top.length + 1));
  return [{ ...file, folder, side: top === split.train ? 'train' : 'test' }];
}

/** In order of name within each side. */
function trainFirst(files: readonly PlacedFile[]): PlacedFile[] {
  return [...files.filter(({ side }) => side !== 'test'), ...files.filter(({ side }) => side === 'test')];
}

interface PlacedFile extends Pick<ListedImage, 'name' | 'path' | 'bytes' | 'side'> {
  /** The folder it lies in, below its side; undefined where it lies in no folder. */
  readonly folder: string | undefined;
}

/** Pictures that lie beside the folders of a split, counted by folder. */
function besideSplit({ train, test }: SplitFolders, files: readonly FoundFile[]): string[] {
  const counts = new Map<string, number>();
  for (const { name } of files) {
    const top = topFolder(name)[0] ?? '.';
    if (top !== train && top !== test) counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  return [...counts].map(
    ([folder, count]) => `${folder}/: ${count} images are not used, as the split is ${train}/ and ${test}/`,
  );
}

/** Where most lie in folders, a picture beside these has no class and is skipped; where few do, no picture has a class. */
function withClasses(where: string, files: readonly PlacedFile[], skipped: readonly SkippedImage[]): ListedFolder {
  if (files.length === 0) throw noPictures(where, skipped);
  const inFolders = files.filter(({ folder }) => folder !== undefined);
  if (2 * inFolders.length < files.length) return { ...withoutClasses(files, inFolders), skipped };
  const classes = [...new Set(inFolders.map(classOf))].sort();
  const astray = files.filter(({ folder }) => folder === undefined);
  return {
    classes,
    images: inFolders.map((file) => ({ ...imageOf(file), label: classes.indexOf(classOf(file)) })),
    skipped: [...skipped, ...astray.map(({ name }) => ({ path: name, reason: 'it lies in no class’s folder' }))],
    warnings: [],
  };
}

function withoutClasses(files: readonly PlacedFile[], inFolders: readonly PlacedFile[]) {
  const warning = `${files.length - inFolders.length} of ${files.length} pictures lie in no folder, so that folders are no classes: all pictures are used without a class`;
  return { classes: [], images: files.map(imageOf), warnings: inFolders.length === 0 ? [] : [warning] };
}

function classOf({ folder }: PlacedFile): string {
  return folder ?? '';
}

function imageOf({ folder: _, ...image }: PlacedFile): ListedImage {
  return image;
}

function noPictures(where: string, skipped: readonly SkippedImage[]): CpcError {
  return new CpcError({
    where,
    expected: `pictures that end in ${endings.join(', ')}`,
    received: skipped.length === 0 ? 'none' : `none, but ${skippedInWords(skipped).join('; ')}`,
  });
}
