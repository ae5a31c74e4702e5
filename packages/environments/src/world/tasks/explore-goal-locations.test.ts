import { createRandom } from '@cpc/base';
import { expect, it } from 'vitest';
import { fire } from '../actions.js';
import { createSurfaces } from '../surfaces.js';
import { exploreGoalLocations } from './explore-goal-locations.js';

const start = (seed: number) => exploreGoalLocations.start(createRandom(seed), createSurfaces());

it('gives 10 at the goal, which stays, and puts the agent at least 3 cells away, 20 times over', () => {
  const { agent, view, play } = start(1);
  const [goal] = view.sprites;
  const place = { x: goal?.x ?? 0, y: goal?.y ?? 0 };
  const starts = new Set<string>();
  for (let time = 0; time < 20; time++) {
    expect(play(fire)).toBe(0);
    Object.assign(agent, place);
    expect(play(fire)).toBe(10);
    expect(Math.abs(agent.x - place.x) + Math.abs(agent.y - place.y)).toBeGreaterThanOrEqual(3);
    expect(goal).toMatchObject({ ...place, visible: true });
    starts.add(`${agent.x} ${agent.y}`);
  }
  expect(starts.size).toBeGreaterThan(5);
});

it('has its goal in another place for another seed', () => {
  const places = [1, 2, 3, 4, 5, 6].map((seed) => {
    const [goal] = start(seed).view.sprites;
    return `${goal?.x} ${goal?.y}`;
  });
  expect(new Set(places).size).toBeGreaterThan(3);
});
