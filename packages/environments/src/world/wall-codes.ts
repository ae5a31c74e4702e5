/** Which solid cells of a map get the second wall, and where posters hang. */
import type { Random } from '@cpc/base';
import { type GridMap, isOpen, neighboursOf } from './grid-map.js';
import { walls } from './surfaces.js';
import { posterCount } from './wall-decorations.js';

/** The walls around these cells become the second wall. */
export function clad(map: GridMap, cells: readonly number[]): void {
  for (const cell of cells) {
    const around = [-1, 0, 1].flatMap((row) => [-1, 0, 1].map((column) => cell + row * map.width + column));
    for (const beside of around) if (!isOpen(map, beside)) map.cells[beside] = walls.second;
  }
}

/**
 * Hangs posters on first and second walls that can be seen, one kind after the other so that no kind is seen twice before all
 * have been.
 *
 * @param share - of those cells, 0 to 1.
 */
export function hangPosters(map: GridMap, share: number, random: Random): void {
  const seen = visibleWalls(map);
  const kinds = random.permutation(posterCount);
  for (const [index, chosen] of random.choose(seen.length, Math.round(share * seen.length)).entries()) {
    map.cells[seen[chosen] ?? 0] = walls.firstPoster + (kinds[index % posterCount] ?? 0);
  }
}

/** Plain solid cells with an open one beside them. */
function visibleWalls(map: GridMap): number[] {
  return Array.from(map.cells.keys()).filter((cell) => {
    const code = map.cells[cell];
    const isPlain = code === walls.first || code === walls.second;
    return isPlain && neighboursOf(map, cell).some((beside) => isOpen(map, beside));
  });
}
