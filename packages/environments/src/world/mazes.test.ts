import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { type GridMap, isOpen, neighboursOf, openCells } from './grid-map.js';
import { drawMaze } from './mazes.js';
import { walls } from './surfaces.js';
import { clad, hangPosters } from './wall-codes.js';

const options = { width: 11, height: 11, rooms: 4, extraOpening: 0.1 };
const mazes = Array.from({ length: 200 }, (_, seed) => drawMaze(options, createRandom(seed)));

function reachable(map: GridMap): Set<number> {
  const reached = new Set(openCells(map).slice(0, 1));
  for (const cell of reached) {
    for (const beside of neighboursOf(map, cell)) if (isOpen(map, beside)) reached.add(beside);
  }
  return reached;
}

describe('drawMaze, 200 seeds', () => {
  it('connects every open cell', () => {
    for (const { map } of mazes) expect(reachable(map).size).toBe(openCells(map).length);
  });

  it('keeps the rim solid', () => {
    for (const { map } of mazes) {
      for (let place = 0; place < 11; place++) {
        for (const cell of [place, 110 + place, 11 * place, 11 * place + 10]) expect(isOpen(map, cell)).toBe(false);
      }
    }
  });

  it('has 1 to 4 rooms of 9, 15 or 25 cells, which do not overlap', () => {
    for (const { rooms } of mazes) {
      expect(rooms.length).toBeGreaterThanOrEqual(1);
      expect(rooms.length).toBeLessThanOrEqual(4);
      expect(rooms.every(({ length }) => [9, 15, 25].includes(length))).toBe(true);
      expect(new Set(rooms.flat()).size).toBe(rooms.flat().length);
    }
  });

  it('leaves no blind corridor', () => {
    for (const { map, rooms } of mazes) {
      const inRooms = new Set(rooms.flat());
      const corridors = openCells(map).filter((cell) => !inRooms.has(cell));
      for (const cell of corridors) {
        expect(neighboursOf(map, cell).filter((beside) => isOpen(map, beside)).length).toBeGreaterThan(1);
      }
    }
  });

  it('draws 200 different mazes, each the same again from its seed', () => {
    expect(new Set(mazes.map(({ map }) => map.cells.join())).size).toBe(200);
    expect(drawMaze(options, createRandom(5))).toEqual(mazes[5]);
  });
});

it('refuses an even width', () => {
  expect(() => drawMaze({ ...options, width: 10 }, createRandom(1))).toThrow('width odd and at least 5, received 10');
});

it('hangs posters on a tenth of the visible walls, all 8 kinds before one twice', () => {
  const { map, rooms } = drawMaze(options, createRandom(1));
  clad(map, rooms[0] ?? []);
  const before = openCells(map);
  hangPosters(map, 0.25, createRandom(2));
  const posters = [...map.cells].filter((code) => code >= walls.firstPoster);
  expect(openCells(map)).toEqual(before);
  expect(posters.length).toBeGreaterThan(8);
  expect(new Set(posters).size).toBe(8);
  expect([...map.cells].filter((code) => code === walls.second).length).toBeGreaterThan(4);
});
