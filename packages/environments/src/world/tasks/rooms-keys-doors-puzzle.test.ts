import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { actionNames, fire } from '../actions.js';
import { cellAt, isOpen } from '../grid-map.js';
import type { Sprite } from '../sprite.js';
import { keyImages, spriteImages } from '../sprite-images.js';
import { createSurfaces, walls } from '../surfaces.js';
import { roomsKeysDoorsPuzzle } from './rooms-keys-doors-puzzle.js';

const forward = actionNames.indexOf('forward');
const start = (seed: number) => roomsKeysDoorsPuzzle.start(createRandom(seed), createSurfaces());
type Played = ReturnType<typeof start>;

const colourOf = (key: Sprite) => keyImages.indexOf(key.image);
const keysOf = ({ view }: Played) => view.sprites.filter((sprite) => colourOf(sprite) >= 0);
const goalOf = ({ view }: Played) => view.sprites.find(({ image }) => image === spriteImages.goal);

/** Closed doors of a colour: their middles. */
function doorsOf({ view: { map } }: Played, colour: number) {
  return [...map.cells].flatMap((code, cell) =>
    code === walls.firstDoor + colour ? [{ x: (cell % map.width) + 0.5, y: Math.floor(cell / map.width) + 0.5 }] : [],
  );
}

/** A place before a door from which a body touches it when it walks on. */
function before({ view: { map } }: Played, door: { x: number; y: number }) {
  const isAcross = isOpen(map, cellAt(map, door.x - 1, door.y));
  return isAcross ? { x: door.x - 1, y: door.y, heading: 0 } : { x: door.x, y: door.y - 1, heading: 180 };
}

function stepTo(episode: Played, place: object | undefined, frames = 1, action = fire): number {
  Object.assign(episode.agent, { x: 0, y: 0, ...place, heading: 0 });
  let reward = 0;
  for (let frame = 0; frame < frames; frame++) reward += episode.play(action);
  return reward;
}

function walkInto(episode: Played, door: { x: number; y: number } | undefined): number {
  const place = before(episode, door ?? { x: 0, y: 0 });
  Object.assign(episode.agent, place);
  let reward = 0;
  for (let frame = 0; frame < 20; frame++) reward += episode.play(forward);
  return reward;
}

/** A puzzle that has a key in its start room. */
const seed = 1;

describe('rooms_keys_doors_puzzle', () => {
  it('gives 1 for a key and 1 for the door it opens, and uses the key up', () => {
    const episode = start(seed);
    const [key] = keysOf(episode);
    const colour = key === undefined ? -1 : colourOf(key);
    const closed = doorsOf(episode, colour);
    expect(closed.length).toBeGreaterThan(0);
    expect(walkInto(episode, closed[0])).toBe(0); // without the key
    expect(doorsOf(episode, colour)).toHaveLength(closed.length);
    expect(stepTo(episode, { x: key?.x, y: key?.y })).toBe(1);
    expect(key?.visible).toBe(false);
    expect(walkInto(episode, closed[0])).toBe(1);
    expect(doorsOf(episode, colour)).toHaveLength(closed.length - 1);
    for (const door of closed.slice(1)) expect(walkInto(episode, door)).toBe(0); // the key is gone
  });

  it('drops the key that was held for the one that is taken', () => {
    const wanted = Array.from({ length: 50 }, (_, number) => start(number)).find((episode) => {
      const colours = keysOf(episode).map(colourOf);
      return colours.length > 1 && colours[0] !== colours[1] && doorsOf(episode, colours[0] ?? 0).length > 0;
    });
    const episode = wanted ?? start(seed);
    const [first, second] = keysOf(episode);
    stepTo(episode, { x: first?.x, y: first?.y });
    stepTo(episode, { x: second?.x, y: second?.y });
    const [door] = doorsOf(episode, first === undefined ? 0 : colourOf(first));
    expect(walkInto(episode, door)).toBe(0);
  });

  it('gives 50 at the goal and ends there', () => {
    const episode = start(seed);
    const goal = goalOf(episode);
    expect(episode.hasEnded?.()).toBe(false);
    expect(stepTo(episode, { x: goal?.x, y: goal?.y })).toBe(50);
    expect(episode.hasEnded?.()).toBe(true);
  });

  it('shows the colour of the key held at the upper left', () => {
    const episode = start(seed);
    const frame = new Uint8Array(72 * 96 * 3).fill(77);
    episode.overlay?.(frame);
    expect(frame.every((byte) => byte === 77)).toBe(true);
    const [key] = keysOf(episode);
    stepTo(episode, { x: key?.x, y: key?.y });
    episode.overlay?.(frame);
    expect(frame.filter((byte) => byte !== 77).length).toBe(300);
  });

  it('starts where no key is within reach and no door is touched, for 100 seeds', () => {
    for (let number = 0; number < 100; number++) expect(start(number).play(fire)).toBe(0);
  });
});
