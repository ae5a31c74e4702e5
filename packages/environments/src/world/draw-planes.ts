/** Floor and ceiling, row by row: all of a row is equally far away. */
import { cosines, sines } from './angles.js';
import type { Body } from './body.js';
import { imageSizeAt, shadeAt } from './draw-walls.js';
import { eyeHeight, focalPixels, frameWidth, horizon, putPixel } from './frame.js';
import { type Image, imageSide } from './images.js';

const fixed = 65_536;

/** Fills what the walls leave below the horizon, or above it. */
export function drawPlane(
  eye: Body,
  image: Image,
  isCeiling: boolean,
  colours: Uint32Array,
  tops: Uint8Array,
  frame: Uint8Array,
): void {
  const cosine = cosines[eye.heading] ?? 0;
  const sine = sines[eye.heading] ?? 0;
  for (let line = 0; line < horizon; line++) {
    const distance = (eyeHeight * focalPixels) / (line + 0.5);
    const size = imageSizeAt(1.3 * distance);
    const texels = image[size];
    if (texels === undefined) continue;
    const step = (2 * distance) / frameWidth; // from one column to the next
    const aside = -distance + step / 2;
    const x = eye.x + distance * cosine - aside * sine;
    const y = eye.y + distance * sine + aside * cosine;
    const row = isCeiling ? horizon - 1 - line : horizon + line;
    const shade = 256 * shadeAt(distance);
    drawRow(
      frame,
      row * frameWidth,
      horizon - 1 - line,
      tops,
      texels,
      size,
      x,
      y,
      -step * sine,
      step * cosine,
      colours,
      shade,
    );
  }
}

/** @param above - pixels are drawn in columns whose wall starts below this row. */
function drawRow(
  frame: Uint8Array,
  start: number,
  above: number,
  tops: Uint8Array,
  texels: Uint8Array,
  size: number,
  x: number,
  y: number,
  stepX: number,
  stepY: number,
  colours: Uint32Array,
  shade: number,
): void {
  const bits = 5 - size;
  const mask = (imageSide >> size) - 1;
  const down = 16 - bits;
  let across = (fixed * x) | 0;
  let along = (fixed * y) | 0;
  const acrossStep = (fixed * stepX) | 0;
  const alongStep = (fixed * stepY) | 0;
  for (let column = 0; column < frameWidth; column++) {
    if ((tops[column] ?? 0) > above) {
      const number = texels[(((across >> down) & mask) << bits) | ((along >> down) & mask)] ?? 0;
      putPixel(frame, start + column, colours[shade + number] ?? 0);
    }
    across += acrossStep;
    along += alongStep;
  }
}
