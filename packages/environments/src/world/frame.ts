/** What a frame of the world is: 96 x 72 pixels of red, green and blue, looked at with a field of view of 90 degrees. */
export const frameWidth = 96;
export const frameHeight = 72;
export const channels = 3;
export const frameBytes = frameHeight * frameWidth * channels;

/** Row on which the eye's height is seen: half way down. */
export const horizon = frameHeight / 2;

/** Pixels that a length of 1 takes at a distance of 1. Half the width: 45 degrees to either side. */
export const focalPixels = frameWidth / 2;

/** Above the floor; walls are twice as high. */
export const eyeHeight = 0.5;

/** Writes a packed colour (`colours.ts`) to a pixel. */
export function putPixel(frame: Uint8Array, pixel: number, colour: number): void {
  const place = channels * pixel;
  frame[place] = colour;
  frame[place + 1] = colour >> 8;
  frame[place + 2] = colour >> 16;
}
