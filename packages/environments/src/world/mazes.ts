/**
 * Mazes of rooms and corridors, drawn from a seeded source.
 *
 * Rooms first, corridors in what is left, then openings until all is connected, then blind corridors are filled again. Rooms and
 * corridors lie on odd coordinates, so that walls are one cell thick.
 */
import { CpcArgumentError, type Random } from '@cpc/base';
import { createGridMap, type GridMap, isOpen, neighboursOf, open } from './grid-map.js';
import { walls } from './surfaces.js';

export interface MazeOptions {
  /** With the rim; odd, from 5 on. */
  readonly width: number;
  readonly height: number;
  /** At most so many; fewer where no more fit. */
  readonly rooms: number;
  /** Of an opening between two parts that are connected already, which makes a way round. */
  readonly extraOpening: number;
}

export interface Maze {
  readonly map: GridMap;
  /** Cells of each room, in ascending order. */
  readonly rooms: readonly (readonly number[])[];
}

const roomSides = [3, 5];
const attempts = 60;

export function drawMaze(options: MazeOptions, random: Random): Maze {
  requireOdd('width', options.width);
  requireOdd('height', options.height);
  const map = createGridMap(options.width, options.height, walls.first);
  const parts = new Int16Array(map.cells.length).fill(-1); // which part each open cell belongs to
  const rooms = carveRooms(map, parts, options.rooms, random);
  carveCorridors(map, parts, rooms.length, random);
  openBetween(map, parts, options.extraOpening, random);
  fillBlindEnds(map, new Set(rooms.flat()));
  return { map, rooms };
}

function requireOdd(argument: string, received: number): void {
  if (received % 2 === 1 && received >= 5) return;
  throw new CpcArgumentError({ where: 'drawMaze', argument, expected: `${argument} odd and at least 5`, received });
}

function carveRooms(map: GridMap, parts: Int16Array, most: number, random: Random): number[][] {
  const rooms: number[][] = [];
  for (let attempt = 0; attempt < attempts && rooms.length < most; attempt++) {
    const cells = drawRoom(map, random);
    if (cells.some((cell) => isOpen(map, cell))) continue;
    for (const cell of cells) carve(map, parts, cell, rooms.length);
    rooms.push(cells);
  }
  return rooms;
}

function drawRoom(map: GridMap, random: Random): number[] {
  const sideOf = (length: number) => Math.min(length - 2, roomSides[random.integer(roomSides.length)] ?? 3);
  const [width, height] = [sideOf(map.width), sideOf(map.height)];
  const x = 1 + 2 * random.integer((map.width - width) / 2);
  const y = 1 + 2 * random.integer((map.height - height) / 2);
  return Array.from({ length: width * height }, (_, place) => {
    return (y + Math.floor(place / width)) * map.width + x + (place % width);
  });
}

function carve(map: GridMap, parts: Int16Array, cell: number, part: number): void {
  map.cells[cell] = open;
  parts[cell] = part;
}

/** Fills the odd places that no room took with corridors, each a tree that turns at random. */
function carveCorridors(map: GridMap, parts: Int16Array, firstPart: number, random: Random): void {
  let part = firstPart;
  for (let y = 1; y < map.height; y += 2) {
    for (let x = 1; x < map.width; x += 2) {
      const start = y * map.width + x;
      if (!isOpen(map, start)) carveTree(map, parts, start, part++, random);
    }
  }
}

function carveTree(map: GridMap, parts: Int16Array, start: number, part: number, random: Random): void {
  const way = [start];
  carve(map, parts, start, part);
  for (let cell = way.at(-1); cell !== undefined; cell = way.at(-1)) {
    const steps = freeSteps(map, cell);
    const step = steps[random.integer(Math.max(1, steps.length))];
    if (step === undefined) {
      way.pop();
      continue;
    }
    carve(map, parts, cell + step, part);
    carve(map, parts, cell + 2 * step, part);
    way.push(cell + 2 * step);
  }
}

/** Steps that lead, taken twice, to an odd place inside the rim that is still solid. */
function freeSteps(map: GridMap, cell: number): number[] {
  const x = cell % map.width;
  const isInside = (step: number) => Math.abs(step) !== 1 || (x + 2 * step > 0 && x + 2 * step < map.width - 1);
  return [1, map.width, -1, -map.width].filter((step) => isInside(step) && map.cells[cell + 2 * step] === walls.first);
}

/** Opens walls between parts, in random order: wherever two are not yet connected, and sometimes where they are. */
function openBetween(map: GridMap, parts: Int16Array, extraOpening: number, random: Random): void {
  const joined = Array.from({ length: Math.max(...parts) + 1 }, (_, part) => part);
  const rootOf = (part: number): number => (joined[part] === part ? part : rootOf(joined[part] ?? part));
  const between = Array.from(map.cells.keys()).filter((cell) => separates(map, parts, cell).length === 2);
  for (const index of random.permutation(between.length)) {
    const cell = between[index] ?? 0;
    const [one = 0, other = 0] = separates(map, parts, cell).map(rootOf);
    if (one === other && random.uniform() >= extraOpening) continue;
    joined[one] = other;
    map.cells[cell] = open;
  }
}

/** The two different parts on opposite sides of a solid cell; empty if it has none. */
function separates(map: GridMap, parts: Int16Array, cell: number): number[] {
  if (isOpen(map, cell)) return [];
  for (const step of [1, map.width]) {
    const sides = [parts[cell - step] ?? -1, parts[cell + step] ?? -1];
    if (sides[0] !== sides[1] && !sides.includes(-1)) return sides;
  }
  return [];
}

/** Makes corridors that lead nowhere solid again, from their ends on. */
function fillBlindEnds(map: GridMap, kept: ReadonlySet<number>): void {
  const isBlind = (cell: number) =>
    isOpen(map, cell) && !kept.has(cell) && neighboursOf(map, cell).filter((beside) => isOpen(map, beside)).length <= 1;
  for (let cell: number | undefined = 0; cell !== undefined; ) {
    cell = Array.from(map.cells.keys()).find(isBlind);
    if (cell !== undefined) map.cells[cell] = walls.first;
  }
}
