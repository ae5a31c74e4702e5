/** Signs drawn over a frame: a bar, a square, a beam. Colours are packed as in `colours.ts`. */
import { frameHeight, frameWidth, horizon, putPixel } from './frame.js';

export const plainColours = { white: 0xffffff, black: 0x000000, green: 0x40e040, red: 0x2020e0 } as const;

/** Fills a rectangle inside the frame. */
export function fillRectangle(
  frame: Uint8Array,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: number,
): void {
  for (let row = top; row < top + height; row++) {
    for (let column = left; column < left + width; column++) putPixel(frame, row * frameWidth + column, colour);
  }
}

/** A bar of 24 pixels at the lower left, filled by a share from 0 to 1. */
export function drawBar(frame: Uint8Array, share: number): void {
  fillRectangle(frame, 2, frameHeight - 5, 26, 4, plainColours.black);
  const filled = Math.round(24 * Math.max(0, Math.min(1, share)));
  fillRectangle(frame, 3, frameHeight - 4, filled, 2, share > 0.5 ? plainColours.green : plainColours.red);
}

/** The four pixels in the middle of a small cross. */
export function drawCross(frame: Uint8Array): void {
  fillRectangle(frame, frameWidth / 2 - 1, horizon - 3, 2, 1, plainColours.white);
  fillRectangle(frame, frameWidth / 2 - 1, horizon + 2, 2, 1, plainColours.white);
  fillRectangle(frame, frameWidth / 2 - 4, horizon, 2, 1, plainColours.white);
  fillRectangle(frame, frameWidth / 2 + 2, horizon, 2, 1, plainColours.white);
}

/** A beam that leaves the viewer's hand for the middle of the frame. */
export function drawBeam(frame: Uint8Array, colour: number): void {
  for (let row = horizon; row < frameHeight; row++) {
    const share = (row - horizon) / (frameHeight - horizon);
    const width = 1 + Math.floor(5 * share);
    fillRectangle(frame, frameWidth / 2 + Math.round(10 * share - width / 2), row, width, 1, colour);
  }
}

/** A frame in a colour around the frame. */
export function drawBorder(frame: Uint8Array, colour: number): void {
  fillRectangle(frame, 0, 0, frameWidth, 3, colour);
  fillRectangle(frame, 0, frameHeight - 3, frameWidth, 3, colour);
  fillRectangle(frame, 0, 3, 3, frameHeight - 6, colour);
  fillRectangle(frame, frameWidth - 3, 3, 3, frameHeight - 6, colour);
}
