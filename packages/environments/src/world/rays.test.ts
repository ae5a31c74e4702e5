import { createRandom } from '@cpc/base';
import { expect, it } from 'vitest';
import { cosines, sines, unitsPerTurn } from './angles.js';
import { frameWidth } from './frame.js';
import { cellAt, createGridMap, middleOf, open, openCells } from './grid-map.js';
import { castRays, createRays } from './rays.js';

function randomMap(seed: number) {
  const random = createRandom(seed);
  const map = createGridMap(10, 10, 1);
  for (let y = 1; y < 9; y++) {
    for (let x = 1; x < 9; x++) map.cells[10 * y + x] = random.uniform() < 0.7 ? open : 1 + random.integer(5);
  }
  return { map, random };
}

it('is 2.5 away from a wall 2.5 ahead in every column that sees it', () => {
  const map = createGridMap(5, 20, 1);
  for (let y = 1; y < 19; y++) map.cells.fill(open, 5 * y + 1, 5 * y + 4);
  const rays = createRays();
  castRays(map, { x: 1.5, y: 10.5, heading: 0 }, rays);
  for (const distance of rays.distances) expect(distance).toBeCloseTo(2.5, 9);
});

it('agrees with walking along the ray in steps of 0.001, for 20 places in random maps', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { map, random } = randomMap(seed);
    const cells = openCells(map);
    const eye = { ...middleOf(map, cells[random.integer(cells.length)] ?? 0), heading: random.integer(unitsPerTurn) };
    const rays = createRays();
    castRays(map, eye, rays);
    for (let column = 0; column < frameWidth; column += 5) {
      const aside = (2 * column + 1) / frameWidth - 1;
      const [cosine = 0, sine = 0] = [cosines[eye.heading], sines[eye.heading]];
      let distance = 0;
      const codeAt = (along: number) =>
        map.cells[cellAt(map, eye.x + along * (cosine - sine * aside), eye.y + along * (sine + cosine * aside))] ?? 0;
      while (codeAt(distance) === open) distance += 0.001;
      expect(Math.abs((rays.distances[column] ?? 0) - distance)).toBeLessThan(0.0011);
    }
  }
});

it.each([
  ['right', 0],
  ['down', 180],
  ['left', 360],
  ['up', 540],
])('reads a wall from left to right when looking %s', (_, heading) => {
  const map = createGridMap(3, 3, 1);
  map.cells[4] = open;
  const rays = createRays();
  castRays(map, { x: 1.5, y: 1.5, heading }, rays);
  expect(rays.places[10]).toBeLessThan(0.2);
  expect(rays.places[85]).toBeGreaterThan(0.8);
  expect([...rays.places].every((place, column) => column === 0 || place > (rays.places[column - 1] ?? 0))).toBe(true);
});

it('tells the code of the cell it meets, and which way its wall runs', () => {
  const map = createGridMap(4, 3, 7);
  map.cells[5] = open;
  map.cells[6] = 3;
  const rays = createRays();
  castRays(map, { x: 1.5, y: 1.5, heading: 0 }, rays);
  expect([rays.codes[48], rays.sides[48]]).toEqual([3, 0]);
  castRays(map, { x: 1.5, y: 1.5, heading: 180 }, rays);
  expect([rays.codes[48], rays.sides[48]]).toEqual([7, 1]);
});
