/**
 * `rooms_keys_doors_puzzle`: a goal behind a chain of locked doors, with 60 seconds to get there.
 *
 * A key gives 1 when taken, a door 1 when opened and the goal 50, which ends the episode: as theirs. One key is held at a time; taking
 * another drops it for good, and opening a door uses it up. Rooms are 3 x 3 cells; keys lie in their corners, so that nobody has to
 * walk over one. Puzzles: `puzzles.ts`.
 */
import type { Random } from '@cpc/base';
import { act } from '../actions.js';
import { unitsPerTurn } from '../angles.js';
import { type Body, isNear } from '../body.js';
import { colourNumber } from '../colours.js';
import { createGridMap, type GridMap, middleOf, open } from '../grid-map.js';
import { fillRectangle, plainColours } from '../overlay.js';
import { drawPuzzle, type Puzzle, roomsAcross } from '../puzzles.js';
import { createSprite, place, type Sprite } from '../sprite.js';
import { keyImages, spriteImages } from '../sprite-images.js';
import { decorate, doorRamps, walls } from '../surfaces.js';
import type { Task } from '../task.js';
import { reach, takeNear } from '../things.js';
import { clad } from '../wall-codes.js';

const roomSide = 3;
const pitch = roomSide + 1;
const side = roomsAcross * pitch + 1;
const goalReward = 50;
const doorReach = 0.9; // from its middle: a body that touches it is 0.75 away

export const roomsKeysDoorsPuzzle: Task = {
  name: 'rooms_keys_doors_puzzle',
  episodeSteps: 900, // 60 s
  start(random, surfaces) {
    decorate(surfaces, random, { ceiling: [130, 160, 235] });
    const puzzle = drawPuzzle(doorRamps.length, random);
    const map = layRooms(puzzle);
    const doors = puzzle.doors.map(({ between }) => ({ ...middleOf(map, doorCell(between)), cell: doorCell(between) }));
    const keys = layKeys(puzzle, map, random);
    const goal = createSprite(spriteImages.goal, 0.6);
    place(goal, middleOf(map, cellIn(puzzle.goal, 0, 0)));
    const agent: Body = { ...middleOf(map, cellIn(puzzle.start, 0, 0)), heading: random.integer(unitsPerTurn) };
    let held: number | undefined; // a colour
    const takeKeys = (): number => {
      let taken = 0;
      for (const [index, key] of keys.entries()) {
        if (!key.visible || !isNear(agent, key.x, key.y, reach)) continue;
        key.visible = false;
        held = puzzle.keys[index]?.colour;
        taken++;
      }
      return taken;
    };
    const openDoors = (): number => {
      for (const [index, { x, y, cell }] of doors.entries()) {
        const { colour } = puzzle.doors[index] ?? {};
        if (held === undefined || colour !== held || map.cells[cell] === open) continue;
        if (!isNear(agent, x, y, doorReach)) continue;
        map.cells[cell] = open;
        held = undefined;
        return 1;
      }
      return 0;
    };
    return {
      view: { map, surfaces, hasSky: true, sprites: [...keys, goal] },
      agent,
      play(action) {
        act(map, agent, action);
        return takeKeys() + openDoors() + goalReward * takeNear([goal], agent);
      },
      hasEnded: () => !goal.visible,
      overlay(frame) {
        if (held === undefined) return;
        fillRectangle(frame, 2, 2, 10, 10, plainColours.black);
        fillRectangle(frame, 3, 3, 8, 8, surfaces.colours[colourNumber(doorRamps[held] ?? 0, 15)] ?? 0);
      },
    };
  },
};

/** The cell of a room that lies so far from its middle. */
function cellIn(room: number, column: number, row: number): number {
  const [left, top] = [pitch * (room % roomsAcross), pitch * Math.floor(room / roomsAcross)];
  return (top + 2 + row) * side + left + 2 + column;
}

/** The cell half way between the middles of two rooms beside each other. */
function doorCell([one, other]: readonly [number, number]): number {
  return (cellIn(one, 0, 0) + cellIn(other, 0, 0)) / 2;
}

function layRooms({ start, goal, doors }: Puzzle): GridMap {
  const map = createGridMap(side, side, walls.first);
  const rooms = new Set([start, goal, ...doors.flatMap(({ between }) => between)]);
  for (const room of rooms) {
    const cells = offsets.flatMap((column) => offsets.map((row) => cellIn(room, column, row)));
    for (const cell of cells) map.cells[cell] = open;
  }
  for (const room of rooms) {
    if (room % 2 === 0)
      clad(
        map,
        offsets.flatMap((column) => offsets.map((row) => cellIn(room, column, row))),
      );
  }
  for (const { between, colour } of doors) {
    map.cells[doorCell(between)] = colour === undefined ? open : walls.firstDoor + colour;
  }
  return map;
}

const offsets = [-1, 0, 1];

/** Each key in a corner of its room that no other has. */
function layKeys(puzzle: Puzzle, map: GridMap, random: Random): Sprite[] {
  const free = new Map<number, number[]>();
  return puzzle.keys.map(({ room, colour }) => {
    const left = free.get(room) ?? [...random.permutation(4)];
    const corner = left.pop() ?? 0;
    free.set(room, left);
    const sprite = createSprite(keyImages[colour], 0.5, 0.1);
    place(sprite, middleOf(map, cellIn(room, corner % 2 === 0 ? -1 : 1, corner < 2 ? -1 : 1)));
    return sprite;
  });
}
