/**
 * At most 256 colours for pictures that have more: median cut.
 *
 * Source: Heckbert, 1982, "Color image quantization for frame buffer display". Colours are first rounded to 5 bits a channel.
 */

/** Red, green and blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export interface Palette {
  readonly colours: readonly Colour[];
  /** The place of a colour's representative. */
  readonly placeOf: (red: number, green: number, blue: number) => number;
}

const bits = 5;
const levels = 1 << bits;
const shift = 8 - bits;

/** A rounded colour and how often it occurs. */
interface Counted {
  readonly channels: Colour;
  readonly key: number;
  readonly count: number;
}

/**
 * A palette for these pictures together.
 *
 * @param pictures - each `[pixels, 3]`, row by row.
 * @param most - colours at most, from 1 to 256.
 */
export function choosePalette(pictures: readonly Uint8Array[], most: number): Palette {
  const boxes = cut(countColours(pictures), most);
  const places = new Map(boxes.flatMap((box, place) => box.map(({ key }): [number, number] => [key, place])));
  return {
    colours: boxes.map(meanColour),
    placeOf: (red, green, blue) => places.get(keyOf(red, green, blue)) ?? 0,
  };
}

function keyOf(red: number, green: number, blue: number): number {
  return ((((red >> shift) << bits) | (green >> shift)) << bits) | (blue >> shift);
}

function countColours(pictures: readonly Uint8Array[]): Counted[] {
  const counts = new Int32Array(levels ** 3);
  for (const pixels of pictures) {
    for (let index = 0; index < pixels.length; index += 3) {
      const key = keyOf(pixels[index] ?? 0, pixels[index + 1] ?? 0, pixels[index + 2] ?? 0);
      counts[key] = (counts[key] ?? 0) + 1;
    }
  }
  return Array.from(counts).flatMap((count, key) => (count === 0 ? [] : [{ channels: channelsOf(key), key, count }]));
}

/** The middle of a rounded colour. */
function channelsOf(key: number): Colour {
  const channel = (value: number) => ((value & (levels - 1)) << shift) + (1 << (shift - 1));
  return [channel(key >> (2 * bits)), channel(key >> bits), channel(key)];
}

/** Cuts the widest box in two until there are enough. */
function cut(colours: Counted[], most: number): Counted[][] {
  const boxes = colours.length === 0 ? [] : [colours];
  while (boxes.length < most) {
    const widest = boxes.reduce((best, box, place) => (widthOf(box) > widthOf(boxes[best] ?? []) ? place : best), 0);
    const box = boxes[widest];
    if (box === undefined || box.length < 2) break;
    boxes.splice(widest, 1, ...halves(box));
  }
  return boxes;
}

function rangeOf(box: readonly Counted[], channel: number): number {
  const values = box.map(({ channels }) => channels[channel] ?? 0);
  return Math.max(...values) - Math.min(...values);
}

function longestChannel(box: readonly Counted[]): number {
  return [0, 1, 2].reduce((best, channel) => (rangeOf(box, channel) > rangeOf(box, best) ? channel : best), 0);
}

function widthOf(box: readonly Counted[]): number {
  return box.length < 2 ? 0 : rangeOf(box, longestChannel(box)) * Math.log(1 + pixelsIn(box));
}

function pixelsIn(box: readonly Counted[]): number {
  return box.reduce((sum, { count }) => sum + count, 0);
}

/** Two boxes with about as many pixels each. */
function halves(box: readonly Counted[]): [Counted[], Counted[]] {
  const channel = longestChannel(box);
  const sorted = [...box].sort((left, right) => (left.channels[channel] ?? 0) - (right.channels[channel] ?? 0));
  const half = pixelsIn(box) / 2;
  let seen = 0;
  const middle = sorted.findIndex(({ count }) => {
    seen += count;
    return seen >= half;
  });
  const place = Math.min(Math.max(1, middle), sorted.length - 1);
  return [sorted.slice(0, place), sorted.slice(place)];
}

function meanColour(box: readonly Counted[]): Colour {
  const total = pixelsIn(box);
  const mean = (channel: number) =>
    Math.round(box.reduce((sum, { channels, count }) => sum + (channels[channel] ?? 0) * count, 0) / total);
  return [mean(0), mean(1), mean(2)];
}
