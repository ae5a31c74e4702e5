import { createRandom } from '@cpc/base';
import { expect, it } from 'vitest';
import { drawMaze } from './mazes.js';
import { createWayFinder } from './way-finder.js';

it('leads from every cell of a maze to the goal in as many steps as it says', () => {
  const { map } = drawMaze({ width: 11, height: 11, rooms: 3, extraOpening: 0.2 }, createRandom(1));
  const way = createWayFinder(map);
  const goal = way.cells[10] ?? 0;
  way.leadTo(goal);
  for (const start of way.cells) {
    let [cell, steps] = [start, 0];
    for (; cell !== goal; steps++) cell = way.next(cell);
    expect(steps).toBe(way.distance(start));
  }
});

it('says -1 where no way leads', () => {
  const { map } = drawMaze({ width: 5, height: 5, rooms: 1, extraOpening: 0 }, createRandom(1));
  const way = createWayFinder(map);
  expect(way.distance(6)).toBe(-1);
  way.leadTo(6);
  expect([way.distance(6), way.next(6), way.distance(0)]).toEqual([0, 6, -1]);
});
