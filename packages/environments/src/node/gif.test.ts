import { CpcArgumentError } from '@cpc/base';
import { expect, it } from 'vitest';
import { encodeGif } from './gif.js';

const shape = [2, 4, 3];
const red = Uint8Array.from({ length: 24 }, (_, index) => (index % 3 === 0 ? 255 : 0));
const blue = Uint8Array.from({ length: 24 }, (_, index) => (index % 3 === 2 ? 255 : 0));

/** Graphic control extensions: one before every frame, with its delay in hundredths of a second. */
function delaysIn(gif: Uint8Array): number[] {
  return [...gif.keys()]
    .filter((place) => gif[place] === 0x21 && gif[place + 1] === 0xf9 && gif[place + 2] === 4)
    .map((place) => (gif[place + 4] ?? 0) + 256 * (gif[place + 5] ?? 0));
}

it('is a GIF of 12 x 6 pixels with 2 frames, 20 a second, that ends as it should', () => {
  const gif = encodeGif([red, blue], { shape, framesPerSecond: 20 });
  expect(Buffer.from(gif.slice(0, 6)).toString()).toBe('GIF89a');
  expect([gif[6], gif[7], gif[8], gif[9]]).toEqual([12, 0, 6, 0]);
  expect(delaysIn(gif)).toEqual([5, 5]);
  expect(gif.at(-1)).toBe(0x3b);
  expect(Buffer.from(gif).includes('NETSCAPE2.0')).toBe(true);
});

it('holds the colours of its frames', () => {
  const gif = Buffer.from(encodeGif([red, blue], { shape, scale: 1 }));
  expect(gif.includes(Buffer.of(255, 0, 0))).toBe(true);
  expect(gif.includes(Buffer.of(0, 0, 255))).toBe(true);
});

it.each([
  ['no frames', [], { shape }, 'at least one frame, received 0 frames'],
  ['a frame of another size', [red, red.slice(1)], { shape }, '24 values in frame 1, received 23'],
  ['grey pixels', [red], { shape: [2, 4, 1] }, '[height, width, 3], received [2, 4, 1]'],
  ['100 frames a second', [red], { shape, framesPerSecond: 100 }, 'framesPerSecond from 1 to 50, received 100'],
])('refuses %s', (_, frames, options, message) => {
  expect(() => encodeGif(frames, options)).toThrow(message);
  expect(() => encodeGif(frames, options)).toThrow(CpcArgumentError);
});
