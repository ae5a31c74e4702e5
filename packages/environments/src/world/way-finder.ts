/** Shortest ways over open cells: how many steps each cell is from where a way leads. */
import { type GridMap, isOpen, openCells } from './grid-map.js';

export interface WayFinder {
  /** The open cells. */
  readonly cells: readonly number[];
  /** Chooses where ways lead. */
  readonly leadTo: (cell: number) => void;
  /** Steps from a cell to where ways lead, which is at first nowhere: -1, as for cells from where it can't be reached. */
  readonly distance: (cell: number) => number;
  /** The next cell on the way; the same cell where there is none. */
  readonly next: (cell: number) => number;
}

/** Ways over a map that does not change. Allocates once. */
export function createWayFinder(map: GridMap): WayFinder {
  const distances = new Int16Array(map.cells.length).fill(-1);
  const queue = new Int16Array(map.cells.length);
  const steps = [1, map.width, -1, -map.width];
  const at = (cell: number) => distances[cell] ?? -1;
  return {
    cells: openCells(map),
    distance: at,
    leadTo(goal) {
      distances.fill(-1);
      distances[goal] = 0;
      queue[0] = goal;
      for (let place = 0, end = 1; place < end; place++) {
        const cell = queue[place] ?? goal;
        for (const step of steps) {
          if (!isOpen(map, cell + step) || at(cell + step) >= 0) continue;
          distances[cell + step] = at(cell) + 1;
          queue[end++] = cell + step;
        }
      }
    },
    next(cell) {
      for (const step of steps) if (at(cell + step) === at(cell) - 1 && at(cell + step) >= 0) return cell + step;
      return cell;
    },
  };
}
