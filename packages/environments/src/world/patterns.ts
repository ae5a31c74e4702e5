/**
 * What walls, floors and ceilings are made of: bricks, planks, panels and the like, in two ramps of colours that an episode chooses.
 *
 * The patterns are the same in every run; episodes choose among them and colour them.
 */
import { createRandom, type Random } from '@cpc/base';
import { imageSide } from './images.js';

/** `[32 * 32]`, column by column: level 0 to 15 of the first ramp, 16 to 31 of the second. */
export type Pattern = Uint8Array;

type Painter = (column: number, row: number) => number;

const second = 16;

const wallPainters: readonly ((random: Random) => Painter)[] = [
  bricks,
  planks,
  panels,
  cobbles,
  stripes,
  diamonds,
  plaster,
];
const floorPainters: readonly ((random: Random) => Painter)[] = [tiles, checks, cobbles, planks, plaster];
const ceilingPainters: readonly ((random: Random) => Painter)[] = [panels, plaster, tiles];

function paint(name: string, painters: readonly ((random: Random) => Painter)[]): readonly Pattern[] {
  const random = createRandom(0).fold('patterns', name);
  return painters.map((painter, number) => {
    const numberAt = painter(random.fold(number));
    return Uint8Array.from({ length: imageSide ** 2 }, (_, place) =>
      clamped(numberAt(Math.floor(place / imageSide), place % imageSide)),
    );
  });
}

export const wallPatterns = paint('wall', wallPainters);
export const floorPatterns = paint('floor', floorPainters);
export const ceilingPatterns = paint('ceiling', ceilingPainters);
export const waterPatterns = paint('water', [plaster]);

/** Keeps a level, which a painter may overshoot, within its ramp. */
function clamped(number: number): number {
  const ramp = number >= second - 0.5 ? second : 0;
  return ramp + Math.max(0, Math.min(15, Math.round(number - ramp)));
}

/** Smooth noise from 0 to 1 that repeats after 32 places, from a lattice of `across` by `down` numbers. */
function noise(random: Random, across: number, down: number): Painter {
  const lattice = Float64Array.from({ length: across * down }, () => random.uniform());
  const at = (column: number, row: number) => lattice[(column % across) * down + (row % down)] ?? 0;
  return (column, row) => {
    const x = (column * across) / imageSide;
    const y = (row * down) / imageSide;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const upper = mix(at(left, top), at(left + 1, top), x - left);
    const lower = mix(at(left, top + 1), at(left + 1, top + 1), x - left);
    return mix(upper, lower, y - top);
  };
}

function mix(from: number, to: number, share: number): number {
  return from + share * (to - from);
}

function bricks(random: Random): Painter {
  const grain = noise(random, 16, 16);
  const tones = noise(random.fold('tones'), 4, 8);
  return (column, row) => {
    const course = Math.floor(row / 8);
    const along = (column + (course % 2) * 8) % imageSide;
    if (row % 8 === 7 || along % 16 === 15) return second + 5 + 3 * grain(column, row);
    return 7 + 4 * tones(Math.floor(along / 16) * 8, course * 8) + 4 * grain(column, row);
  };
}

function planks(random: Random): Painter {
  const grain = noise(random, 32, 4);
  const tones = noise(random.fold('tones'), 4, 1);
  return (column, row) => {
    if (column % 8 === 7) return 3;
    return 6 + 5 * tones(column - (column % 8), 0) + 4 * grain(column, row);
  };
}

function panels(random: Random): Painter {
  const grain = noise(random, 8, 8);
  return (column, row) => {
    const [x, y] = [column % 16, row % 16];
    if (x === 0 || y === 0) return 14;
    if (x === 15 || y === 15) return 3;
    const isInner = x > 4 && x < 11 && y > 4 && y < 11;
    return (isInner ? second + 8 : 8) + 3 * grain(column, row);
  };
}

/** Stones around 14 random middles; each place belongs to the nearest, round the edges. */
function cobbles(random: Random): Painter {
  const middles = Array.from({ length: 14 }, () => [random.integer(imageSide), random.integer(imageSide)] as const);
  const grain = noise(random, 16, 16);
  const around = (distance: number) => Math.min(Math.abs(distance), imageSide - Math.abs(distance));
  return (column, row) => {
    const distances = middles.map(([x, y]) => around(column - x) ** 2 + around(row - y) ** 2);
    const [nearest = 0, next = 0] = [...distances].sort((a, b) => a - b);
    if (Math.sqrt(next) - Math.sqrt(nearest) < 1.2) return second + 3;
    return 7 + (distances.indexOf(nearest) % 4) + 4 * grain(column, row);
  };
}

function stripes(random: Random): Painter {
  const grain = noise(random, 8, 16);
  return (column, row) => (row % 16 < 8 ? 9 : second + 8) + 3 * grain(column, row);
}

function diamonds(random: Random): Painter {
  const grain = noise(random, 8, 8);
  return (column, row) => {
    const distance = Math.abs((column % 16) - 7.5) + Math.abs((row % 16) - 7.5);
    return (distance < 6.5 ? second + 9 : 8) + 3 * grain(column, row);
  };
}

function plaster(random: Random): Painter {
  const coarse = noise(random, 4, 4);
  const fine = noise(random.fold('fine'), 16, 16);
  return (column, row) => 6 + 5 * coarse(column, row) + 4 * fine(column, row);
}

function tiles(random: Random): Painter {
  const grain = noise(random, 16, 16);
  return (column, row) => (column % 16 === 0 || row % 16 === 0 ? second + 6 : 9 + 4 * grain(column, row));
}

function checks(random: Random): Painter {
  const grain = noise(random, 16, 16);
  return (column, row) => {
    const isFirst = (Math.floor(column / 16) + Math.floor(row / 16)) % 2 === 0;
    return (isFirst ? 9 : second + 8) + 3 * grain(column, row);
  };
}
