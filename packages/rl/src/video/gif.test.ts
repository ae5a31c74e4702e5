/** GIFs are read back by a decoder of their own, written from the specification. */
import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { encodeGif } from './gif.js';

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly delays: number[];
  /** `[height, width, 3]` each. */
  readonly pictures: number[][];
}

/** As much of GIF89a as a file with one colour table and whole pictures needs. */
function decode(bytes: Uint8Array): Decoded {
  const word = (place: number) => (bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8);
  expect(String.fromCharCode(...bytes.subarray(0, 6))).toBe('GIF89a');
  const [width, height] = [word(6), word(8)];
  const tableSize = 2 << ((bytes[10] ?? 0) & 7);
  const table = bytes.subarray(13, 13 + 3 * tableSize);
  let place = 13 + 3 * tableSize;
  const delays: number[] = [];
  const pictures: number[][] = [];
  const blocks = (): number[] => {
    const data: number[] = [];
    for (let length = bytes[place] ?? 0; length > 0; length = bytes[place] ?? 0) {
      data.push(...bytes.subarray(place + 1, place + 1 + length));
      place += 1 + length;
    }
    place += 1;
    return data;
  };
  for (;;) {
    const kind = bytes[place];
    if (kind === 0x3b) break;
    if (kind === 0x21) {
      if (bytes[place + 1] === 0xf9) delays.push(word(place + 4));
      place += 2;
      blocks();
      continue;
    }
    expect(kind).toBe(0x2c);
    expect([word(place + 5), word(place + 7)]).toEqual([width, height]);
    const least = bytes[place + 10] ?? 0;
    place += 11;
    const places = decompress(blocks(), least);
    pictures.push(places.flatMap((entry) => Array.from(table.subarray(3 * entry, 3 * entry + 3))));
  }
  expect(place).toBe(bytes.length - 1);
  return { width, height, delays, pictures };
}

function decompress(data: readonly number[], least: number): number[] {
  const [clear, end] = [1 << least, (1 << least) + 1];
  const output: number[] = [];
  let runs: number[][] = [];
  let size = least + 1;
  let before: number[] | undefined;
  const restart = () => {
    runs = Array.from({ length: end + 1 }, (_, entry) => (entry < clear ? [entry] : []));
    size = least + 1;
    before = undefined;
  };
  restart();
  for (let bit = 0; ; ) {
    let code = 0;
    for (let index = 0; index < size; index++, bit++) code |= (((data[bit >> 3] ?? 0) >> (bit & 7)) & 1) << index;
    if (code === clear) restart();
    else if (code === end) return output;
    else {
      const run = runs[code] ?? [...(before ?? []), before?.[0] ?? 0];
      if (before !== undefined && runs.length < 4096) runs.push([...before, run[0] ?? 0]);
      if (runs.length === 1 << size && size < 12) size += 1;
      output.push(...run);
      before = run;
    }
    if (bit > 8 * data.length) throw new Error('no end');
  }
}

const options = { width: 4, height: 2, delayCentiseconds: 7 };

describe('a GIF', () => {
  it('of 2 pictures in 3 colours holds them as they were, to 4 of 255 in every channel, with 7 hundredths between', () => {
    const colours = [
      [252, 4, 4],
      [4, 252, 4],
      [4, 4, 252],
    ];
    const picture = (shift: number) =>
      Uint8Array.from(Array.from({ length: 8 }, (_, pixel) => colours[(pixel + shift) % 3] ?? []).flat());
    const pictures = [picture(0), picture(1)];
    const { width, height, delays, pictures: decoded } = decode(encodeGif(pictures, options));
    expect([width, height, delays]).toEqual([4, 2, [7, 7]]);
    for (const [index, pixels] of pictures.entries())
      for (const [place, value] of pixels.entries())
        expect(Math.abs(value - (decoded[index]?.[place] ?? 0))).toBeLessThanOrEqual(4);
  });

  it('makes squares of 3 x 3 pixels at scale 3', () => {
    const picture = Uint8Array.from({ length: 24 }, (_, index) => (index < 3 ? 252 : 4));
    const { width, height, pictures } = decode(encodeGif([picture], { ...options, scale: 3 }));
    expect([width, height]).toEqual([12, 6]);
    const bright = (pictures[0] ?? []).filter((_, index) => index % 3 === 0).map((value) => Number(value > 128));
    expect(bright.slice(0, 12)).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(bright.reduce((sum, value) => sum + value, 0)).toBe(9);
  });

  it('of noise, which fills the table of codes many times over, is read back within 40 of 255 on average', () => {
    const random = createRandom(1);
    const picture = Uint8Array.from({ length: 96 * 72 * 3 }, () => random.integer(256));
    const size = { width: 96, height: 72, delayCentiseconds: 7 };
    const [decoded = []] = decode(encodeGif([picture, picture], size)).pictures;
    expect(decoded).toHaveLength(picture.length);
    const error = picture.reduce((sum, value, index) => sum + Math.abs(value - (decoded[index] ?? 0)), 0);
    expect(error / picture.length).toBeLessThan(40);
  });

  it('refuses a picture of 12 bytes for 4 x 2 pixels, and no picture at all', () => {
    expect(() => encodeGif([new Uint8Array(12)], options)).toThrow(/4 x 2 pixels, 24 bytes each, received 12/);
    expect(() => encodeGif([], options)).toThrow(/received none/);
  });
});
