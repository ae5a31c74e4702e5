import { createRandom } from '@cpc/base';
import { expect, it } from 'vitest';
import { act, actionNames, fire } from '../actions.js';
import { fits } from '../body.js';
import { createSurfaces } from '../surfaces.js';
import { roomsWatermaze } from './rooms-watermaze.js';

const forward = actionNames.indexOf('forward');
const start = (seed: number) => roomsWatermaze.start(createRandom(seed), createSurfaces());

/** Where the platform is: in the middle of its posts. */
function platformOf({ view }: ReturnType<typeof start>) {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { x: mean(view.sprites.map(({ x }) => x)), y: mean(view.sprites.map(({ y }) => y)) };
}

it('holds who finds the platform for 150 frames, gives 5 rewards of 1 half a second apart, and lets it start again', () => {
  const episode = start(1);
  const platform = platformOf(episode);
  expect(episode.view.sprites.some(({ visible }) => visible)).toBe(false);
  Object.assign(episode.agent, platform);
  const rewards: number[] = [];
  for (let frame = 0; frame < 149; frame++) rewards.push(episode.play(frame === 0 ? fire : forward));
  expect(episode.agent).toMatchObject(platform);
  expect(episode.view.sprites.every(({ visible }) => visible)).toBe(true);
  rewards.push(episode.play(fire));
  expect(rewards.flatMap((reward, frame) => (reward === 1 ? [frame] : []))).toEqual([0, 30, 60, 90, 120]);
  expect(rewards.reduce((sum, reward) => sum + reward, 0)).toBe(5);
  expect(Math.hypot(episode.agent.x - platform.x, episode.agent.y - platform.y)).toBeGreaterThan(2);
  expect(episode.view.sprites.some(({ visible }) => visible)).toBe(false);
  expect(platformOf(episode)).toEqual(platform);
});

it('starts at the edge of the pool, looking across it, for 100 seeds', () => {
  for (let seed = 0; seed < 100; seed++) {
    const { agent, view } = start(seed);
    expect(fits(view.map, agent.x, agent.y)).toBe(true);
    const before = Math.hypot(agent.x - 7.5, agent.y - 7.5);
    expect(before).toBeGreaterThan(3.8);
    for (let frame = 0; frame < 60; frame++) act(view.map, agent, forward);
    expect(Math.hypot(agent.x - 7.5, agent.y - 7.5)).toBeCloseTo(before - 3.2, 6);
  }
});

it('hides platforms all over the pool: in 400 seeds as often within 3.4 cells of the middle as outside', () => {
  const inside = Array.from({ length: 400 }, (_, seed) => platformOf(start(seed))).filter(
    ({ x, y }) => Math.hypot(x - 7.5, y - 7.5) < 4.8 / Math.SQRT2,
  ).length;
  expect(inside).toBeGreaterThan(160); // 200 expected, deviation 10
  expect(inside).toBeLessThan(240);
});
