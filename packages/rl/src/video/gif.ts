/**
 * Pictures as an animated GIF, in bytes: no program and no native code.
 *
 * Source: CompuServe, 1990, "Graphics Interchange Format, version 89a"; LZW with codes of growing width; the loop as Netscape has it.
 */
import { CpcArgumentError } from '@cpc/core';
import { choosePalette, type Palette } from './palette.js';

export interface GifOptions {
  /** Pixels of the pictures. */
  readonly width: number;
  readonly height: number;
  /** Between two pictures, in hundredths of a second; browsers take at least 2. */
  readonly delayCentiseconds: number;
  /** Every pixel becomes a square of so many; default 1. */
  readonly scale?: number;
}

/** Colours of the palette, and bits of a place in it. */
const paletteBits = 8;
const paletteSize = 1 << paletteBits;
const widestCode = 12;

/**
 * @param pictures - each `[height, width, 3]`, red, green and blue from 0 to 255; at least one.
 * @returns the bytes of a `.gif` file that repeats for ever.
 * @throws {CpcArgumentError} if there is no picture, or one is of another size.
 *
 * @example
 * await writeFile('agent.gif', encodeGif(pictures, { width: 96, height: 72, delayCentiseconds: 7, scale: 3 }));
 */
export function encodeGif(pictures: readonly Uint8Array[], options: GifOptions): Uint8Array {
  requirePictures(pictures, options);
  const { width, height, scale = 1 } = options;
  const palette = choosePalette(pictures, paletteSize);
  const bytes: number[] = [
    ...asciiBytes('GIF89a'),
    ...[...word(width * scale), ...word(height * scale), 0x80 | (paletteBits - 1), 0, 0],
    ...colourTable(palette),
    ...[0x21, 0xff, 11, ...asciiBytes('NETSCAPE2.0'), 3, 1, 0, 0, 0],
  ];
  for (const picture of pictures) {
    bytes.push(0x21, 0xf9, 4, 0, ...word(options.delayCentiseconds), 0, 0);
    bytes.push(0x2c, 0, 0, 0, 0, ...word(width * scale), ...word(height * scale), 0, paletteBits);
    pushBlocks(bytes, compress(placesOf(picture, palette, { width, height, scale })));
  }
  bytes.push(0x3b);
  return Uint8Array.from(bytes);
}

function asciiBytes(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

function word(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}

/** Always full: places that stand for nothing are black. */
function colourTable({ colours }: Palette): number[] {
  return Array.from({ length: paletteSize }, (_, place) => colours[place] ?? [0, 0, 0]).flat();
}

/** The palette's place of every pixel, scaled. */
function placesOf(
  picture: Uint8Array,
  palette: Palette,
  { width, height, scale }: { readonly width: number; readonly height: number; readonly scale: number },
): Uint8Array {
  const places = new Uint8Array(width * height * scale * scale);
  const rowLength = width * scale;
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < rowLength; x++) {
      const pixel = 3 * (Math.floor(y / scale) * width + Math.floor(x / scale));
      const [red = 0, green = 0, blue = 0] = picture.subarray(pixel, pixel + 3);
      places[y * rowLength + x] = palette.placeOf(red, green, blue);
    }
  }
  return places;
}

/** LZW: longer and longer runs that have occurred before become one code; when the codes are used up, the table starts anew. */
function compress(places: Uint8Array): number[] {
  const clear = paletteSize;
  const end = paletteSize + 1;
  const writer = bitWriter();
  let codes = new Map<number, number>();
  let [next, size] = [end + 1, paletteBits + 1];
  writer.write(clear, size);
  let run = places[0] ?? 0;
  for (const place of places.subarray(1)) {
    const longer = run * paletteSize + place;
    const known = codes.get(longer);
    if (known !== undefined) {
      run = known;
      continue;
    }
    writer.write(run, size);
    run = place;
    if (next === 1 << widestCode) {
      writer.write(clear, size);
      codes = new Map();
      [next, size] = [end + 1, paletteBits + 1];
      continue;
    }
    codes.set(longer, next);
    if (next === 1 << size) size += 1;
    next += 1;
  }
  writer.write(run, size);
  writer.write(end, size);
  return writer.finish();
}

/** Codes side by side, the lowest bit first. */
function bitWriter() {
  const bytes: number[] = [];
  let [buffer, filled] = [0, 0];
  return {
    write: (code: number, size: number): void => {
      buffer |= code << filled;
      filled += size;
      for (; filled >= 8; filled -= 8, buffer >>>= 8) bytes.push(buffer & 0xff);
    },
    finish: (): number[] => (filled > 0 ? [...bytes, buffer & 0xff] : bytes),
  };
}

/** Data in blocks of at most 255 bytes, each behind its length; an empty one ends them. */
function pushBlocks(into: number[], data: readonly number[]): void {
  for (let begin = 0; begin < data.length; begin += 255) {
    const block = data.slice(begin, begin + 255);
    into.push(block.length, ...block);
  }
  into.push(0);
}

function requirePictures(pictures: readonly Uint8Array[], { width, height }: GifOptions): void {
  const size = width * height * 3;
  const wrong = pictures.find(({ length }) => length !== size);
  if (pictures.length > 0 && wrong === undefined) return;
  throw new CpcArgumentError({
    where: 'encodeGif',
    argument: 'pictures',
    expected: `at least one picture of ${width} x ${height} pixels, ${size} bytes each`,
    received: wrong?.length ?? 'none',
  });
}
