import { createRandom } from '@cpc/base';
import { expect, it } from 'vitest';
import { act, actionNames } from './actions.js';
import { unitsPerTurn } from './angles.js';
import { type Body, bodyRadius, fits, sees } from './body.js';
import { createGridMap, isOpen, middleOf, open, openCells } from './grid-map.js';

/** A room of 5 x 3 open cells, with a wall around. */
function room() {
  const map = createGridMap(7, 5, 1);
  for (let y = 1; y < 4; y++) map.cells.fill(open, 7 * y + 1, 7 * y + 6);
  return map;
}

const action = (name: string) => actionNames.indexOf(name);

function repeat(body: Body, name: string, frames: number, map = room()): Body {
  for (let frame = 0; frame < frames; frame++) act(map, body, action(name));
  return body;
}

it('names the nine actions in the order of the paper', () => {
  expect(actionNames).toEqual([
    'forward',
    'backward',
    'strafe_left',
    'strafe_right',
    'look_left_20',
    'look_right_20',
    'forward_look_left_20',
    'forward_look_right_20',
    'fire',
  ]);
});

it('walks 3.2 cells in 60 frames, in the direction it looks', () => {
  const east = repeat({ x: 1.5, y: 2.5, heading: 0 }, 'forward', 60);
  expect(east.x).toBeCloseTo(4.7, 9);
  expect(east.y).toBe(2.5);
  const west = repeat({ x: 5.5, y: 2.5, heading: 360 }, 'forward', 30);
  expect(west.x).toBeCloseTo(3.9, 9);
});

it.each([
  ['backward', 0, -1, 0],
  ['strafe_left', 0, 0, -1],
  ['strafe_right', 0, 0, 1],
  ['strafe_right', 180, -1, 0], // looks down the map: its right is where x falls
])('goes %s, looking at %i half degrees', (name, heading, x, y) => {
  const body = repeat({ x: 3.5, y: 2.5, heading }, name, 9);
  expect(Math.sign(Math.round(100 * (body.x - 3.5)))).toBe(x);
  expect(Math.sign(Math.round(100 * (body.y - 2.5)))).toBe(y);
  expect(Math.hypot(body.x - 3.5, body.y - 2.5)).toBeCloseTo(0.48, 9);
});

it('turns 2 degrees a frame and is back after 180 frames', () => {
  expect(repeat({ x: 2.5, y: 2.5, heading: 0 }, 'look_left_20', 1).heading).toBe(716);
  expect(repeat({ x: 2.5, y: 2.5, heading: 10 }, 'look_right_20', 180).heading).toBe(10);
});

it('walks and turns at once', () => {
  const body = repeat({ x: 2.5, y: 2.5, heading: 0 }, 'forward_look_right_20', 20);
  expect(body.heading).toBe(80);
  expect(body.x).toBeGreaterThan(3.2);
  expect(body.y).toBeGreaterThan(2.6);
});

it('stands still to fire', () => {
  expect(repeat({ x: 2.5, y: 2.5, heading: 7 }, 'fire', 10)).toEqual({ x: 2.5, y: 2.5, heading: 7 });
});

it('stops a quarter of a cell before a wall and slides along it', () => {
  const stopped = repeat({ x: 3.5, y: 2.5, heading: 0 }, 'forward', 200);
  expect(stopped.x).toBeLessThan(6 - bodyRadius);
  expect(stopped.x).toBeGreaterThan(6 - bodyRadius - 0.06);
  const slid = repeat({ x: 3.5, y: 1.5, heading: 90 }, 'forward', 200); // half right, into the corner
  expect(slid.x).toBeGreaterThan(5.6);
  expect(slid.y).toBeGreaterThan(3.6);
});

it('stays within open cells for 20,000 random frames among random walls', () => {
  const random = createRandom(1);
  const map = createGridMap(12, 12, 1);
  for (let y = 1; y < 11; y++) {
    for (let x = 1; x < 11; x++) if (random.uniform() < 0.75) map.cells[12 * y + x] = open;
  }
  const [start = 0] = openCells(map);
  const body = { ...middleOf(map, start), heading: random.integer(unitsPerTurn) };
  for (let frame = 0; frame < 20_000; frame++) {
    act(map, body, random.integer(9));
    if (!fits(map, body.x, body.y)) throw new Error(`stands in a wall at frame ${frame}`);
  }
  expect(isOpen(map, start)).toBe(true);
});

it('sees across an open room and not through a wall', () => {
  const map = room();
  expect(sees(map, 1.5, 1.5, 5.5, 3.5)).toBe(true);
  map.cells[7 * 2 + 3] = 1;
  expect(sees(map, 1.5, 2.5, 5.5, 2.5)).toBe(false);
  expect(sees(map, 1.5, 1.5, 5.5, 1.5)).toBe(true);
});
