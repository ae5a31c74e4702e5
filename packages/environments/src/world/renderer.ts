/**
 * One look at the world: walls, floor, ceiling or sky, and what stands there, as 96 x 72 pixels of red, green and blue.
 *
 * Nothing is allocated for a frame.
 */
import type { Body } from './body.js';
import { drawPlane } from './draw-planes.js';
import { createSpritePainter } from './draw-sprites.js';
import { drawWalls } from './draw-walls.js';
import { frameWidth } from './frame.js';
import type { GridMap } from './grid-map.js';
import { castRays, createRays } from './rays.js';
import { drawSky } from './sky.js';
import type { Sprite } from './sprite.js';
import type { Surfaces } from './surfaces.js';

export interface View {
  readonly map: GridMap;
  readonly surfaces: Surfaces;
  /** True for a sky in the place of the ceiling. */
  readonly hasSky: boolean;
  /** At most 256. */
  readonly sprites: readonly Sprite[];
}

/** @returns a function that draws what is seen from a place in an open cell, into a frame of 72 * 96 * 3 bytes. */
export function createRenderer(): (view: View, eye: Body, frame: Uint8Array) => void {
  const rays = createRays();
  const tops = new Uint8Array(frameWidth);
  const drawSprites = createSpritePainter();
  return ({ map, surfaces, hasSky, sprites }, eye, frame) => {
    const { colours, floor, ceiling } = surfaces;
    castRays(map, eye, rays);
    drawWalls(rays, surfaces, tops, frame);
    drawPlane(eye, floor, false, colours, tops, frame);
    if (hasSky) drawSky(eye.heading, colours, tops, frame);
    else drawPlane(eye, ceiling, true, colours, tops, frame);
    drawSprites(eye, sprites, rays, colours, frame);
  };
}
