/** Walls, column by column. */

import { focalPixels, frameHeight, frameWidth, horizon, putPixel } from './frame.js';
import { imageSide } from './images.js';
import type { Rays } from './rays.js';
import type { Surfaces } from './surfaces.js';

/** Which of an image's sizes suits a distance: so that a texel is seldom smaller than a pixel. */
export function imageSizeAt(distance: number): number {
  if (distance < 2) return 0;
  if (distance < 4) return 1;
  return distance < 8 ? 2 : 3;
}

/** The shade (0 to 15) that a distance darkens by. */
export function shadeAt(distance: number): number {
  return distance > 13 ? 13 : distance | 0;
}

const sideShade = 2; // walls along x are darker, so that corners show

/**
 * @param tops - `[96]`, written: the first row of each column that is wall. Walls reach as far below the horizon as above it.
 */
export function drawWalls(rays: Rays, surfaces: Surfaces, tops: Uint8Array, frame: Uint8Array): void {
  for (let column = 0; column < frameWidth; column++) {
    const distance = rays.distances[column] ?? 0;
    const height = focalPixels / distance;
    const first = Math.max(0, Math.ceil(horizon - height / 2 - 0.5));
    tops[column] = first;
    const size = imageSizeAt(distance);
    const image = surfaces.walls[(rays.codes[column] ?? 1) - 1]?.[size];
    if (image === undefined) continue;
    const side = imageSide >> size;
    const strip = side * (((rays.places[column] ?? 0) * side) | 0);
    const shade = 256 * (shadeAt(distance) + sideShade * (rays.sides[column] ?? 0));
    drawColumn(frame, column, first, image, strip, (65_536 * side) / height, side, surfaces.colours, shade);
  }
}

/** @param step - texels per row, times 65,536. */
function drawColumn(
  frame: Uint8Array,
  column: number,
  first: number,
  image: Uint8Array,
  strip: number,
  step: number,
  side: number,
  colours: Uint32Array,
  shade: number,
): void {
  const rowStep = step | 0;
  let row = (32_768 * side + (first + 0.5 - horizon) * step) | 0;
  const last = frameHeight - first;
  let pixel = first * frameWidth + column;
  for (let line = first; line < last; line++) {
    const number = image[strip + ((row >> 16) & (side - 1))] ?? 0;
    putPixel(frame, pixel, colours[shade + number] ?? 0);
    row += rowStep;
    pixel += frameWidth;
  }
}
