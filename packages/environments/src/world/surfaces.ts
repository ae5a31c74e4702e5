/**
 * What the walls, the floor and the ceiling of an episode look like, and in which colours.
 *
 * A wall's code (`grid-map.ts`) is one more than the number of its image.
 */
import type { Random } from '@cpc/base';
import { type Colour, colourNumber, colourOf, createColourTable, levels, paintRamp, ramps } from './colours.js';
import { createImage, type Image, imageSide, paintImage } from './images.js';
import { ceilingPatterns, floorPatterns, type Pattern, wallPatterns, waterPatterns } from './patterns.js';
import { doorNumber, posterCount, posterNumber } from './wall-decorations.js';

/** Codes of solid cells. */
export const walls = { first: 1, second: 2, firstPoster: 3, firstDoor: 3 + posterCount } as const;

/** The doors' colours, which are those of the keys: door n has the code `walls.firstDoor + n`. */
export const doorRamps: readonly number[] = [ramps.red, ramps.green, ramps.blue, ramps.yellow, ramps.grey];

export interface Surfaces {
  /** By code - 1. */
  readonly walls: readonly Image[];
  readonly floor: Image;
  readonly ceiling: Image;
  /** As `createColourTable` makes it. */
  readonly colours: Uint32Array;
}

/** Surfaces for one copy of the world, yet to be decorated. */
export function createSurfaces(): Surfaces {
  const wallImages = Array.from({ length: walls.firstDoor - 1 + doorRamps.length }, createImage);
  for (const [door, ramp] of doorRamps.entries()) {
    paintOver(wallImages, walls.firstDoor + door, (column, row) => doorNumber(ramp, column, row));
  }
  return { walls: wallImages, floor: createImage(), ceiling: createImage(), colours: createColourTable() };
}

/** What a task does not leave to chance. */
export interface SurfaceChoices {
  /** Water in the place of the floor. */
  readonly water?: Colour;
  /** Of the ceiling, or of the sky where there is none. */
  readonly ceiling?: Colour;
}

/** Chooses patterns and colours anew. */
export function decorate(surfaces: Surfaces, random: Random, choices: SurfaceChoices = {}): void {
  const { colours } = surfaces;
  const hue = 6 * random.uniform();
  paintPair(colours, ramps.firstWall, hue, random);
  paintPair(colours, ramps.secondWall, hue + 1.5 + 3 * random.uniform(), random);
  paintPair(colours, ramps.floor, 6 * random.uniform(), random);
  if (choices.water !== undefined) paintRamp(colours, ramps.floor, choices.water);
  paintRamp(colours, ramps.ceiling, choices.ceiling ?? muted(6 * random.uniform(), random));
  paintRamp(colours, ramps.opponent, colourOf(6 * random.uniform(), 0.9, 1));
  const firstWall = oneOf(wallPatterns, random);
  const secondWall = oneOf(wallPatterns, random);
  paintWalls(surfaces.walls, firstWall, secondWall);
  const floors = choices.water === undefined ? floorPatterns : waterPatterns;
  paintImage(surfaces.floor, numbersOf(oneOf(floors, random), ramps.floor));
  paintImage(surfaces.ceiling, numbersOf(oneOf(ceilingPatterns, random), ramps.ceiling));
}

/** Posters hang on the first wall. */
function paintWalls(images: readonly Image[], first: Pattern, second: Pattern): void {
  const firstNumbers = numbersOf(first, ramps.firstWall);
  paintOver(images, walls.first, firstNumbers);
  paintOver(images, walls.second, numbersOf(second, ramps.secondWall));
  for (let poster = 0; poster < posterCount; poster++) {
    const numberAt = (column: number, row: number) => posterNumber(poster, column, row) ?? firstNumbers(column, row);
    paintOver(images, walls.firstPoster + poster, numberAt);
  }
}

function paintOver(images: readonly Image[], code: number, numberAt: (column: number, row: number) => number): void {
  const image = images[code - 1];
  if (image !== undefined) paintImage(image, numberAt);
}

/** A pattern's colour numbers, its two ramps starting at `ramp`; the last ramp of all has no second, and stands for it. */
function numbersOf(pattern: Pattern, ramp: number): (column: number, row: number) => number {
  const hasSecond = ramp !== ramps.ceiling;
  return (column, row) => {
    const value = pattern[imageSide * column + row] ?? 0;
    return colourNumber(ramp + (value >= levels && hasSecond ? 1 : 0), value % levels);
  };
}

/** A ramp of some hue and the one after it, of a hue nearby or across. */
function paintPair(colours: Uint32Array, ramp: number, hue: number, random: Random): void {
  paintRamp(colours, ramp, muted(hue, random));
  paintRamp(colours, ramp + 1, muted(hue + (random.integer(2) === 0 ? 0.5 : 3), random));
}

/** A colour for large areas: not as strong as those of things that matter. */
function muted(hue: number, random: Random): Colour {
  return colourOf(hue, 0.15 + 0.45 * random.uniform(), 0.65 + 0.3 * random.uniform());
}

function oneOf(patterns: readonly Pattern[], random: Random): Pattern {
  return patterns[random.integer(patterns.length)] ?? new Uint8Array(imageSide ** 2);
}
