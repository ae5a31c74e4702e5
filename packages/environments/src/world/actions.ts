/**
 * The nine actions of PAPER's agents (IMPALA's for DeepMind Lab) and what a frame of each does to a body.
 *
 * Theirs: Quake's player, which speeds up and slides; 20 pixels of mouse a frame. Ours: a steady 3.2 cells a second and 2 degrees a
 * frame at 60 frames a second. Effect: an action does the same whatever came before it.
 */
import { cosines, sines, wrapped } from './angles.js';
import { type Body, slide } from './body.js';
import type { GridMap } from './grid-map.js';

const cellsPerFrame = 3.2 / 60; // 320 units of 100 to a cell, as in DeepMind Lab
const unitsPerFrame = 4; //         2 degrees

interface Motion {
  readonly forward: number;
  readonly right: number;
  readonly turn: number;
}

const motions: readonly (readonly [name: string, motion: Motion])[] = [
  ['forward', { forward: 1, right: 0, turn: 0 }],
  ['backward', { forward: -1, right: 0, turn: 0 }],
  ['strafe_left', { forward: 0, right: -1, turn: 0 }],
  ['strafe_right', { forward: 0, right: 1, turn: 0 }],
  ['look_left_20', { forward: 0, right: 0, turn: -1 }],
  ['look_right_20', { forward: 0, right: 0, turn: 1 }],
  ['forward_look_left_20', { forward: 1, right: 0, turn: -1 }],
  ['forward_look_right_20', { forward: 1, right: 0, turn: 1 }],
  ['fire', { forward: 0, right: 0, turn: 0 }],
];

export const actionNames: readonly string[] = motions.map(([name]) => name);
export const fire = actionNames.indexOf('fire');

/** Turns and moves a body for one frame. */
export function act(map: GridMap, body: Body, action: number): void {
  const motion = motions[action]?.[1];
  if (motion === undefined) return;
  body.heading = wrapped(body.heading + unitsPerFrame * motion.turn);
  walk(map, body, motion.forward, motion.right);
}

/** One frame's way forwards and to the right, as shares of full speed. */
export function walk(map: GridMap, body: Body, forward: number, right: number): void {
  const cosine = cosines[body.heading] ?? 0;
  const sine = sines[body.heading] ?? 0;
  slide(
    map,
    body,
    cellsPerFrame * (forward * cosine - right * sine),
    cellsPerFrame * (forward * sine + right * cosine),
  );
}
