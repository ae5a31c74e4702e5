/** Bodies that move over a map and slide along walls, and what stands between two places. */
import { cellAt, type GridMap, isOpen } from './grid-map.js';

export interface Body {
  x: number;
  y: number;
  /** In half degrees, from 0 to 719: `angles.ts`. */
  heading: number;
}

/** Bodies are squares of this half side, along the axes. */
export const bodyRadius = 0.25;

/** Moves as far as walls let it: first along x, then along y, so that it slides along a wall. A move is shorter than a body. */
export function slide(map: GridMap, body: Body, x: number, y: number): void {
  if (fits(map, body.x + x, body.y)) body.x += x;
  if (fits(map, body.x, body.y + y)) body.y += y;
}

/** True if a body there stands in open cells only. */
export function fits(map: GridMap, x: number, y: number): boolean {
  const left = x - bodyRadius;
  const right = x + bodyRadius;
  const top = y - bodyRadius;
  const bottom = y + bodyRadius;
  return (
    isOpen(map, cellAt(map, left, top)) &&
    isOpen(map, cellAt(map, right, top)) &&
    isOpen(map, cellAt(map, left, bottom)) &&
    isOpen(map, cellAt(map, right, bottom))
  );
}

/** True if both are less than `reach` apart. */
export function isNear(body: Body, x: number, y: number, reach: number): boolean {
  return (body.x - x) ** 2 + (body.y - y) ** 2 < reach ** 2;
}

const sightStep = 0.1;

/** True if no solid cell lies on the line between two places, looked at every tenth of a cell. */
export function sees(map: GridMap, fromX: number, fromY: number, toX: number, toY: number): boolean {
  const x = toX - fromX;
  const y = toY - fromY;
  const looks = Math.ceil(Math.sqrt(x * x + y * y) / sightStep);
  for (let look = 1; look < looks; look++) {
    const share = look / looks;
    if (!isOpen(map, cellAt(map, fromX + share * x, fromY + share * y))) return false;
  }
  return true;
}
