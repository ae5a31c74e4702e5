/**
 * Square images of colour numbers, with smaller copies of themselves for drawing from afar: without them, distant walls flicker.
 *
 * Images are stored column by column, since walls and sprites are drawn that way.
 */
import { levels } from './colours.js';

export const imageSide = 32;
export const imageSizes = 4; // sides 32, 16, 8 and 4

/** Sides 32, 16, 8 and 4, the largest first; each `[side * side]`, column by column. */
export type Image = readonly Uint8Array[];

export const transparent = 0;

export function createImage(): Image {
  return Array.from({ length: imageSizes }, (_, size) => new Uint8Array((imageSide >> size) ** 2));
}

/** Fills an image with the colour number of every place, and its smaller copies. */
export function paintImage(image: Image, numberAt: (column: number, row: number) => number): void {
  const largest = image[0] ?? new Uint8Array();
  for (let place = 0; place < largest.length; place++) {
    largest[place] = numberAt(Math.floor(place / imageSide), place % imageSide);
  }
  for (let size = 1; size < image.length; size++) halve(image[size - 1], image[size], imageSide >> size);
}

/** Four places become one: transparent if most are, else of the mean level and the ramp of the first that is not. */
function halve(from: Uint8Array | undefined, to: Uint8Array | undefined, side: number): void {
  if (from === undefined || to === undefined) return;
  for (let column = 0; column < side; column++) {
    for (let row = 0; row < side; row++) {
      const first = 4 * side * column + 2 * row;
      to[side * column + row] = meanOf(from, first, first + 1, first + 2 * side, first + 2 * side + 1);
    }
  }
}

function meanOf(from: Uint8Array, ...places: readonly number[]): number {
  const opaque = places.map((place) => from[place] ?? transparent).filter((number) => number !== transparent);
  if (opaque.length < 2) return transparent;
  const level = opaque.reduce((sum, number) => sum + (number % levels), 0) / opaque.length;
  return Math.floor((opaque[0] ?? 0) / levels) * levels + Math.round(level);
}
