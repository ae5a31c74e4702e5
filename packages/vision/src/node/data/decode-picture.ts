/**
 * One picture file to pixels, by sharp (libvips). JPEG, PNG and WebP; grey, CMYK, 16-bit and transparent ones are brought to 8-bit
 * sRGB before middle grey, and turned as their camera held them. What is not one whole still picture is refused by name.
 */
import { kindOfFile } from '@cpc/core';
import { isShortage, readRegularFile, unreadableReason } from '@cpc/core/node';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Picture } from '../../data/image-set.js';
import { DamagedImageError } from '../../data/skipped-image.js';

/** More pixels are refused: decoding them takes gigabytes. */
const mostPixels = 100e6;
/** Bytes of a decoded picture: an interlaced one is in memory as a whole. */
const mostBytes = 400e6;
/** Larger ones are decoded one after another. */
const largePixels = 12e6;
const readKinds: readonly (string | undefined)[] = ['a JPEG picture', 'a PNG picture', 'a WebP picture'];

const background = { r: 128, g: 128, b: 128 };

/**
 * @param name - for errors.
 * @param side - the picture is filled into a square of so many pixels, what sticks out on its longer side is cut off.
 * @throws {DamagedImageError} if the file cannot be read, is no whole still picture, or has more than 100 million pixels.
 */
export async function decodePicture(path: string, name: string, side: number): Promise<Picture> {
  const { image, pixels } = await openedPicture(path, name);
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

/** Checked by its first bytes, before the decoder sees them, and by its header. */
async function openedPicture(path: string, name: string): Promise<{ readonly image: Sharp; readonly pixels: number }> {
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
    return { image, pixels: metadata.width * metadata.height };
  } catch (cause) {
    throw DamagedImageError.isInstance(cause) ? cause : damaged(name, reasonOf(cause), cause);
  }
}

function problemOf({ format, pages = 1, width = 0, height = 0, channels = 4, depth }: Metadata): string | undefined {
  if (!['jpeg', 'png', 'webp'].includes(format ?? '')) return `the format ${format}`;
  if (pages > 1) return `an animation of ${pages} frames`;
  if (width * height > mostPixels) return `${width} x ${height} pixels, more than ${mostPixels / 1e6} million`;
  const bytes = width * height * channels * (depth === 'ushort' ? 2 : 1);
  if (bytes > mostBytes)
    return `${width} x ${height} pixels of ${bytes / (width * height)} bytes, more than ${mostBytes / 1e6} MB`;
  return undefined;
}

function damaged(name: string, received: string, cause?: unknown): DamagedImageError {
  const expected = 'one whole JPEG, PNG or WebP picture';
  return new DamagedImageError({ where: name, expected, received, ...(cause === undefined ? {} : { cause }) });
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
