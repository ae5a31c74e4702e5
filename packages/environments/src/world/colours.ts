/**
 * Colours as numbers from 0 to 255: 16 ramps of 16 levels from dark to bright, and a table of what each looks like in light and shade.
 *
 * Images hold such numbers, not colours, so that an episode can be coloured anew by filling one table.
 */

/** Red, green and blue from 0 to 255, at the bright end of a ramp. */
export type Colour = readonly [red: number, green: number, blue: number];

export const levels = 16;
export const shades = 16;

/** The ramps of things that look the same in every episode. */
export const ramps = {
  grey: 0, // its level 0 is transparent in sprites
  red: 1,
  yellow: 2,
  green: 3,
  blue: 4,
  orange: 5,
  purple: 6,
  hills: 7,
  opponent: 8, // drawn anew every episode, as all below
  firstWall: 9, //  and 10
  secondWall: 11, // and 12
  floor: 13, // and 14
  ceiling: 15,
} as const;

const fixedColours: readonly Colour[] = [
  [255, 255, 255],
  [230, 30, 25],
  [255, 225, 20],
  [50, 190, 40],
  [40, 80, 235],
  [255, 140, 10],
  [170, 60, 210],
  [110, 150, 110],
];

/** The number of a ramp's colour at a level from 0 to 15. */
export function colourNumber(ramp: number, level: number): number {
  return ramp * levels + Math.max(0, Math.min(levels - 1, Math.round(level)));
}

/** `[shades * 256]` colours, each red + 256 green + 65,536 blue; with the fixed ramps filled in. */
export function createColourTable(): Uint32Array {
  const table = new Uint32Array(shades * 256);
  for (const [ramp, colour] of fixedColours.entries()) paintRamp(table, ramp, colour);
  return table;
}

/** Gives a ramp its colour, in all shades. */
export function paintRamp(table: Uint32Array, ramp: number, [red, green, blue]: Colour): void {
  for (let shade = 0; shade < shades; shade++) {
    for (let level = 0; level < levels; level++) {
      const light = ((level + 1) / levels) * (1 - 0.05 * shade);
      const packed = Math.round(red * light) + 256 * Math.round(green * light) + 65_536 * Math.round(blue * light);
      table[256 * shade + colourNumber(ramp, level)] = packed;
    }
  }
}

/** A colour from hue (0 to 6, round the wheel), saturation and value (0 to 1). */
export function colourOf(hue: number, saturation: number, value: number): Colour {
  const channel = (shift: number) => {
    const place = (shift + hue) % 6;
    return Math.round(255 * value * (1 - saturation * Math.max(0, Math.min(place, 4 - place, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
