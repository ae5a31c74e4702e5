/**
 * Where walls are: a grid of cells, open or solid. Lengths everywhere in the world are in cells; a cell is as high as it is wide.
 *
 * Knows no textures: a solid cell has a code, and `surfaces.ts` what that looks like.
 */

/** Cells row by row, y downwards: 0 is open, anything else solid. The rim is always solid. */
export interface GridMap {
  readonly width: number;
  readonly height: number;
  /** `[height * width]` */
  readonly cells: Uint8Array;
}

export const open = 0;

export function createGridMap(width: number, height: number, code: number): GridMap {
  return { width, height, cells: new Uint8Array(width * height).fill(code) };
}

/** The number of the cell at a place. */
export function cellAt(map: GridMap, x: number, y: number): number {
  return (y | 0) * map.width + (x | 0);
}

export function isOpen(map: GridMap, cell: number): boolean {
  return map.cells[cell] === open;
}

/** The middle of a cell. */
export function middleOf(map: GridMap, cell: number): { readonly x: number; readonly y: number } {
  return { x: (cell % map.width) + 0.5, y: Math.floor(cell / map.width) + 0.5 };
}

/** The open cells, in ascending order. */
export function openCells(map: GridMap): number[] {
  return Array.from(map.cells.keys()).filter((cell) => isOpen(map, cell));
}

/** The four cells beside a cell that is not on the rim: right, below, left, above. */
export function neighboursOf(map: GridMap, cell: number): readonly number[] {
  return [cell + 1, cell + map.width, cell - 1, cell - map.width];
}
