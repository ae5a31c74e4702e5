/**
 * Puzzles of keys and doors on a grid of 3 x 3 rooms, drawn from a seeded source.
 *
 * A chain of one to three locked doors leads to the goal. The key to each lies in a room that can be reached before, so that every
 * puzzle can be solved; but only one key can be held, each opens one door, and there are doors in the same colours that lead nowhere:
 * who takes keys or opens doors in the wrong order may lock itself out.
 *
 * Knows rooms and colours only; where their walls stand is for the task to say.
 */
import type { Random } from '@cpc/base';

export const roomsAcross = 3;
const roomCount = roomsAcross ** 2;
const longestChain = 3;
const lockedOutDoors = 2;
const keysPerRoom = 4;

export interface PuzzleDoor {
  /** Two rooms beside each other, 0 to 8. */
  readonly between: readonly [number, number];
  /** Of the key that opens it, 0 to 4; undefined for a gap in the wall. */
  readonly colour: number | undefined;
}

export interface PuzzleKey {
  readonly room: number;
  readonly colour: number;
}

export interface Puzzle {
  readonly start: number;
  readonly goal: number;
  readonly doors: readonly PuzzleDoor[];
  /** At most 4 in a room. */
  readonly keys: readonly PuzzleKey[];
}

/** A puzzle that is being drawn. */
interface Draft {
  /** All rooms so far. */
  readonly rooms: number[];
  /** Those on the way to the goal, in order. */
  readonly chain: number[];
  readonly chainColours: readonly number[];
  /** Colours that no chain door has. */
  readonly spareColours: number[];
  readonly doors: PuzzleDoor[];
  readonly keys: PuzzleKey[];
}

/** @param colourCount - at least 4. */
export function drawPuzzle(colourCount: number, random: Random): Puzzle {
  const start = random.integer(roomCount);
  const spareColours = [...random.permutation(colourCount)];
  const chainColours = spareColours.splice(0, 1 + random.integer(longestChain));
  const draft: Draft = { rooms: [start], chain: [start], chainColours, spareColours, doors: [], keys: [] };
  for (const link of chainColours.keys()) {
    addLink(draft, link, random);
    if (link > 0 && random.integer(2) === 0) addTrap(draft, link - 1, random);
  }
  addTrap(draft, random.integer(chainColours.length), random);
  addSideRoom(draft, random);
  addLockedOutDoors(draft, random);
  return { start, goal: draft.chain.at(-1) ?? start, doors: draft.doors, keys: draft.keys };
}

/** The next room on the way, its door, and the key to it in one of the last two rooms before. */
function addLink({ rooms, chain, chainColours, doors, keys }: Draft, link: number, random: Random): void {
  const colour = chainColours[link];
  if (colour === undefined) return;
  const isEmpty = (room: number) => keys.filter((key) => key.room === room).length < keysPerRoom;
  keys.push({ room: oneOf(chain.slice(-2).filter(isEmpty), random), colour });
  const last = growing(chain.slice(-2), rooms);
  const from = oneOf(last.length > 0 ? last : growing(chain, rooms), random);
  const to = oneOf(freeNeighbours(from, rooms), random);
  rooms.push(to);
  chain.push(to);
  doors.push({ between: [from, to], colour });
}

/** A room behind a door in the colour of a link of the chain, with a key as bait: whoever opens it has no key for the chain. */
function addTrap({ rooms, chain, chainColours, doors, keys }: Draft, link: number, random: Random): void {
  const entries = growing(chain.slice(0, link + 1), rooms);
  if (entries.length === 0) return;
  const from = oneOf(entries, random);
  const to = oneOf(freeNeighbours(from, rooms), random);
  rooms.push(to);
  doors.push({ between: [from, to], colour: chainColours[link] });
  const later = chainColours.slice(link + 1);
  if (later.length > 0) keys.push({ room: to, colour: oneOf(later, random) });
}

/** In half of the puzzles a room that is open from the start, sometimes with a key that opens nothing. */
function addSideRoom({ rooms, chain, spareColours, doors, keys }: Draft, random: Random): void {
  const entries = growing(chain.slice(0, -1), rooms);
  if (entries.length === 0 || random.integer(2) === 0) return;
  const from = oneOf(entries, random);
  const to = oneOf(freeNeighbours(from, rooms), random);
  rooms.push(to);
  doors.push({ between: [from, to], colour: undefined });
  const colour = random.integer(2) === 0 ? spareColours.pop() : undefined;
  if (colour !== undefined) keys.push({ room: to, colour });
}

/** Doors between rooms that are there already, in colours of which there is no key. */
function addLockedOutDoors({ rooms, spareColours, doors }: Draft, random: Random): void {
  const isJoined = (one: number, other: number) =>
    doors.some(({ between }) => between.includes(one) && between.includes(other));
  const pairs = rooms.flatMap((room) =>
    neighbours(room)
      .filter((other) => other > room && rooms.includes(other) && !isJoined(room, other))
      .map((other): readonly [number, number] => [room, other]),
  );
  const count = spareColours.length === 0 ? 0 : Math.min(pairs.length, lockedOutDoors);
  for (const chosen of random.choose(pairs.length, count)) {
    const between = pairs[chosen];
    if (between !== undefined) doors.push({ between, colour: oneOf(spareColours, random) });
  }
}

function neighbours(room: number): number[] {
  const column = room % roomsAcross;
  return [
    ...(column > 0 ? [room - 1] : []),
    ...(column < roomsAcross - 1 ? [room + 1] : []),
    ...(room >= roomsAcross ? [room - roomsAcross] : []),
    ...(room < roomCount - roomsAcross ? [room + roomsAcross] : []),
  ];
}

function freeNeighbours(room: number, taken: readonly number[]): number[] {
  return neighbours(room).filter((beside) => !taken.includes(beside));
}

/** Those of the rooms that have room for another one beside them. */
function growing(rooms: readonly number[], taken: readonly number[]): number[] {
  return rooms.filter((room) => freeNeighbours(room, taken).length > 0);
}

function oneOf(choices: readonly number[], random: Random): number {
  return choices[random.integer(Math.max(1, choices.length))] ?? 0;
}
