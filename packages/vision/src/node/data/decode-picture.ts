/**
 * One picture file to pixels, by sharp (libvips). JPEG, PNG and WebP; grey, CMYK, 16-bit and transparent ones are brought to 8-bit
 * sRGB before middle grey, and turned as their camera held them. What is not one whole still picture is refused by name.
 */
import { isShortage, kindOfFile, readRegularFile, unreadableReason } from '@cpc/runs';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Picture } from '../../data/image-set.js';
import { DamagedImageError } from '../../data/skipped-image.js';
import { defaultMaximumMegapixels, limitFix, tooLarge } from './image-limit.js';

/** Larger ones are decoded one after another. */
const largePixels = 12e6;
const readKinds: readonly (string | undefined)[] = ['a JPEG picture', 'a PNG picture', 'a WebP picture'];

const background = { r: 128, g: 128, b: 128 };

/**
 * @param name - for errors.
 * @param side - the picture is filled into a square of so many pixels, what sticks out on its longer side is cut off.
 * @param maximumMegapixels - see `image-limit.ts`.
 * @throws {DamagedImageError} if the file cannot be read, is no whole still picture, or is too large.
 */
export async function decodePicture(
  path: string,
  name: string,
  side: number,
  maximumMegapixels = defaultMaximumMegapixels,
): Promise<Picture> {
  const { image, pixels } = await openedPicture(path, name, maximumMegapixels);
  const leave = pixels > largePixels ? await turn() : () => undefined;
  try {
    const { data, info } = await image
      .autoOrient()
      .flatten({ background })
      .resize(side, side, { fit: 'cover' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { side, data: threeChannels(data, info.channels) };
  } catch (cause) {
    throw damaged(name, reasonOf(cause), cause);
  } finally {
    leave();
  }
}

let last: Promise<void> = Promise.resolve();

/** Waits until the large picture before is done; the caller calls what it gives. */
async function turn(): Promise<() => void> {
  const before = last;
  let leave: () => void = () => undefined;
  last = new Promise((resolve) => {
    leave = resolve;
  });
  await before;
  return leave;
}

interface OpenedPicture {
  readonly image: Sharp;
  readonly pixels: number;
}

/** Checked by its first bytes, before the decoder sees them, and by its header. */
async function openedPicture(path: string, name: string, maximumMegapixels: number): Promise<OpenedPicture> {
  const bytes = await readRegularFile(path).catch((cause: unknown) => {
    if (isShortage(cause)) throw cause;
    const received = unreadableReason(cause);
    throw new DamagedImageError({ where: name, expected: 'a file that can be read', received, cause });
  });
  const kind = kindOfFile(bytes.subarray(0, 4096));
  if (!readKinds.includes(kind)) throw damaged(name, kind ?? 'another kind of file');
  try {
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: false });
    const metadata = await image.metadata();
    const problem = problemOf(metadata);
    if (problem !== undefined) throw damaged(name, problem);
    const size = tooLarge(metadata, maximumMegapixels);
    if (size !== undefined) throw new DamagedImageError({ where: name, expected, received: size, fix: limitFix });
    return { image, pixels: metadata.width * metadata.height };
  } catch (cause) {
    throw DamagedImageError.isInstance(cause) ? cause : damaged(name, reasonOf(cause), cause);
  }
}

function problemOf({ format, pages = 1 }: Metadata): string | undefined {
  if (!['jpeg', 'png', 'webp'].includes(format ?? '')) return `the format ${format}`;
  if (pages > 1) return `an animation of ${pages} frames`;
  return undefined;
}

const expected = 'one whole JPEG, PNG or WebP picture';

function damaged(name: string, received: string, cause?: unknown): DamagedImageError {
  return new DamagedImageError({ where: name, expected, received, cause });
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? text;
}

/** Grey pictures may come with one channel. */
function threeChannels(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const pixels = data.length / channels;
  const spread = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) spread.fill(data[pixel * channels] ?? 0, pixel * 3, pixel * 3 + 3);
  return spread;
}

/** One thread for each picture: whole pictures are decoded side by side, and the training step needs the cores. */
export function limitDecoder(): void {
  sharp.concurrency(1);
  sharp.cache(false);
}
