/** How large a picture may be, so that a small file cannot ask for gigabytes. */
import { CpcError } from '@cpc/core';
import type { Metadata } from 'sharp';

/** Photographs of 60 megapixels pass. */
export const defaultMaximumMegapixels = 64;
/** Bytes for every pixel that is allowed, of a picture that is in memory as a whole while it is decoded. */
const bytesPerPixel = 4;

/** Numbers for every pixel of a progressive JPEG, by how its colours are thinned out: each takes 2 bytes until the last pass. */
const coefficients: Readonly<Record<string, number>> = { '4:2:0': 1.5, '4:2:2': 2, '4:4:4': 3 };

/** Read by commands; a program passes `maximumMegapixels`. */
const variable = 'CPC_MAXIMUM_MEGAPIXELS';

/** What the environment allows. @throws {CpcError} for anything but a number above 0. */
export function megapixelsOf(text: string | undefined = process.env[variable]): number {
  if (text === undefined || text === '') return defaultMaximumMegapixels;
  const megapixels = Number(text);
  if (Number.isFinite(megapixels) && megapixels > 0) return megapixels;
  throw new CpcError({ where: variable, expected: 'a number of megapixels above 0', received: JSON.stringify(text) });
}

/** What to do about it. */
export const limitFix = `Make it smaller, or raise maximumMegapixels (${variable} for the command).`;

/** @returns why a picture with this header is too large, or undefined. */
export function tooLarge(metadata: Metadata, maximumMegapixels: number): string | undefined {
  const { width, height } = metadata;
  const pixels = width * height;
  if (pixels > maximumMegapixels * 1e6) return `${width} x ${height} pixels, more than ${maximumMegapixels} million`;
  const bytes = pixels * wholeBytesPerPixel(metadata);
  const most = bytesPerPixel * maximumMegapixels * 1e6;
  if (bytes <= most) return undefined;
  return `${width} x ${height} pixels, which take ${Math.ceil(bytes / 1e6)} MB at once, more than ${most / 1e6} MB`;
}

/** 0 where the decoder goes from line to line. */
function wholeBytesPerPixel({ format, channels, depth, isProgressive, chromaSubsampling = '' }: Metadata): number {
  if (format === 'webp') return 4;
  if (!isProgressive) return 0;
  if (format === 'jpeg') return 2 * (coefficients[chromaSubsampling] ?? channels);
  return channels * (depth === 'ushort' ? 2 : 1);
}
