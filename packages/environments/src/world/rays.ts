/**
 * Rays: for every column of a frame, how far away the first wall is and where on it the ray ends.
 *
 * A ray goes from cell border to cell border until it meets a solid cell (digital differential analysis: Amanatides & Woo, "A Fast
 * Voxel Traversal Algorithm for Ray Tracing", 1987).
 */
import { cosines, sines } from './angles.js';
import type { Body } from './body.js';
import { frameWidth } from './frame.js';
import type { GridMap } from './grid-map.js';

export interface Rays {
  /** `[96]`: along the line of sight, not along the ray, so that walls look straight. */
  readonly distances: Float64Array;
  /** `[96]`: the solid cells' codes. */
  readonly codes: Uint8Array;
  /** `[96]`: place on the wall from left to right, 0 to 1. */
  readonly places: Float64Array;
  /** `[96]`: 1 where the wall runs along x. */
  readonly sides: Uint8Array;
}

export function createRays(): Rays {
  return {
    distances: new Float64Array(frameWidth),
    codes: new Uint8Array(frameWidth),
    places: new Float64Array(frameWidth),
    sides: new Uint8Array(frameWidth),
  };
}

const never = 1e30; // cells between borders that a ray runs along

/** Casts the rays of a frame. The eye has to be in an open cell. */
export function castRays(map: GridMap, eye: Body, rays: Rays): void {
  const cosine = cosines[eye.heading] ?? 0;
  const sine = sines[eye.heading] ?? 0;
  for (let column = 0; column < frameWidth; column++) {
    const aside = (2 * column + 1) / frameWidth - 1;
    castRay(map, eye, cosine - sine * aside, sine + cosine * aside, column, rays);
  }
}

function castRay(map: GridMap, { x, y }: Body, alongX: number, alongY: number, column: number, rays: Rays): void {
  const { cells, width } = map;
  const betweenX = alongX === 0 ? never : Math.abs(1 / alongX);
  const betweenY = alongY === 0 ? never : Math.abs(1 / alongY);
  const stepX = alongX < 0 ? -1 : 1;
  const stepY = alongY < 0 ? -width : width;
  let nextX = (alongX < 0 ? x - (x | 0) : (x | 0) + 1 - x) * betweenX;
  let nextY = (alongY < 0 ? y - (y | 0) : (y | 0) + 1 - y) * betweenY;
  let cell = (y | 0) * width + (x | 0);
  let isAlongX = false;
  for (;;) {
    isAlongX = nextY <= nextX;
    cell += isAlongX ? stepY : stepX;
    if (cells[cell] !== 0) break;
    if (isAlongX) nextY += betweenY;
    else nextX += betweenX;
  }
  const distance = isAlongX ? nextY : nextX;
  const hit = isAlongX ? x + distance * alongX : y + distance * alongY;
  const place = hit - Math.floor(hit);
  const isMirrored = isAlongX ? alongY > 0 : alongX < 0; // so that a picture reads from left to right
  rays.distances[column] = distance;
  rays.codes[column] = cells[cell] ?? 0;
  rays.places[column] = isMirrored ? 1 - place : place;
  rays.sides[column] = isAlongX ? 1 : 0;
}
