import { createRandom } from '@cpc/base';
import { expect, it } from 'vitest';
import { fire } from '../actions.js';
import { cellAt, isOpen } from '../grid-map.js';
import { spriteImages } from '../sprite-images.js';
import { createSurfaces } from '../surfaces.js';
import type { Episode } from '../task.js';
import { seekavoidArena } from './seekavoid-arena.js';

const surfaces = createSurfaces();
const start = (seed: number): Episode => seekavoidArena.start(createRandom(seed), surfaces);

const fruit = (episode: Episode, kind: 'apple' | 'lemon') =>
  episode.view.sprites.filter(({ image, visible }) => image === spriteImages[kind] && visible);

/** Puts the agent on a thing and lets a frame pass. */
function stepOn(episode: Episode, thing: { x: number; y: number } | undefined): number {
  episode.agent.x = thing?.x ?? 0;
  episode.agent.y = thing?.y ?? 0;
  return episode.play(fire);
}

it('starts with 14 apples and 14 lemons in open cells, none within reach', () => {
  for (let seed = 0; seed < 50; seed++) {
    const episode = start(seed);
    expect(fruit(episode, 'apple')).toHaveLength(14);
    expect(fruit(episode, 'lemon')).toHaveLength(14);
    const { map } = episode.view;
    expect(episode.view.sprites.every(({ x, y }) => isOpen(map, cellAt(map, x, y)))).toBe(true);
    expect(episode.play(fire)).toBe(0);
  }
});

it('gives 1 for an apple and -1 for a lemon, once each', () => {
  const episode = start(1);
  const alone = (thing: { x: number; y: number }) =>
    episode.view.sprites.every((other) => other === thing || Math.hypot(other.x - thing.x, other.y - thing.y) > 0.6);
  const apple = fruit(episode, 'apple').find(alone);
  const lemon = fruit(episode, 'lemon').find(alone);
  expect(stepOn(episode, apple)).toBe(1);
  expect(stepOn(episode, apple)).toBe(0);
  expect(stepOn(episode, lemon)).toBe(-1);
  expect(stepOn(episode, lemon)).toBe(0);
  expect([fruit(episode, 'apple').length, fruit(episode, 'lemon').length]).toEqual([13, 13]);
});

it('lays out 14 apples and 14 lemons anew once the last apple is eaten', () => {
  const episode = start(2);
  const before = episode.view.sprites.map(({ x, y }) => [x, y]);
  for (;;) {
    const [apple] = fruit(episode, 'apple');
    stepOn(episode, apple);
    if (fruit(episode, 'apple').length === 14) break;
  }
  expect(fruit(episode, 'lemon')).toHaveLength(14);
  expect(episode.view.sprites.map(({ x, y }) => [x, y])).not.toEqual(before);
});

it('is another arena for another seed, and the same for the same', () => {
  const places = (seed: number) => {
    const { view, agent } = start(seed);
    return { cells: [...view.map.cells], things: view.sprites.map(({ x, y }) => [x, y]), agent: { ...agent } };
  };
  expect(places(3)).toEqual(places(3));
  expect(places(3)).not.toEqual(places(4));
});
