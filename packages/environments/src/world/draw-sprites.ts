/** Sprites, the farthest first, where no wall stands before them. */
import { cosines, sines } from './angles.js';
import type { Body } from './body.js';
import { shadeAt } from './draw-walls.js';
import { eyeHeight, focalPixels, frameHeight, frameWidth, horizon, putPixel } from './frame.js';
import { imageSide, imageSizes, transparent } from './images.js';
import type { Rays } from './rays.js';
import type { Sprite } from './sprite.js';

const nearest = 0.15;
const mostSprites = 256;

/** Draws sprites into frames, one after the other; holds what it needs for sorting. */
export function createSpritePainter() {
  const depths = new Float64Array(mostSprites);
  const order = new Uint16Array(mostSprites);
  return (eye: Body, sprites: readonly Sprite[], rays: Rays, colours: Uint32Array, frame: Uint8Array): void => {
    const cosine = cosines[eye.heading] ?? 0;
    const sine = sines[eye.heading] ?? 0;
    let count = 0;
    for (let index = 0; index < sprites.length && count < mostSprites; index++) {
      const sprite = sprites[index];
      if (sprite === undefined || !sprite.visible) continue;
      const depth = (sprite.x - eye.x) * cosine + (sprite.y - eye.y) * sine;
      if (depth < nearest) continue;
      depths[index] = depth;
      insert(order, depths, count++, index);
    }
    for (let place = 0; place < count; place++) {
      const index = order[place] ?? 0;
      const sprite = sprites[index];
      if (sprite === undefined) continue;
      const aside = (sprite.y - eye.y) * cosine - (sprite.x - eye.x) * sine;
      drawSprite(sprite, depths[index] ?? 1, aside, rays.distances, colours, frame);
    }
  };
}

/** Puts an index into an order by falling depth. */
function insert(order: Uint16Array, depths: Float64Array, count: number, index: number): void {
  const depth = depths[index] ?? 0;
  let place = count;
  while (place > 0 && (depths[order[place - 1] ?? 0] ?? 0) < depth) {
    order[place] = order[place - 1] ?? 0;
    place--;
  }
  order[place] = index;
}

function drawSprite(
  sprite: Sprite,
  depth: number,
  aside: number,
  distances: Float64Array,
  colours: Uint32Array,
  frame: Uint8Array,
): void {
  const scale = focalPixels / depth;
  const pixels = sprite.size * scale;
  const left = frameWidth / 2 + aside * scale - pixels / 2;
  const top = horizon + (eyeHeight - sprite.base) * scale - pixels;
  const first = Math.max(0, Math.ceil(left - 0.5));
  const end = Math.min(frameWidth, Math.ceil(left + pixels - 0.5));
  const size = imageSizeFor(pixels);
  const image = sprite.image[size];
  if (image === undefined) return;
  const side = imageSide >> size;
  const shade = 256 * (shadeAt(depth) >> 1); // things shine a little
  for (let column = first; column < end; column++) {
    if (depth >= (distances[column] ?? 0)) continue;
    const strip = side * Math.min(side - 1, (((column + 0.5 - left) * side) / pixels) | 0);
    drawStrip(frame, column, top, pixels, image, strip, side, colours, shade);
  }
}

function imageSizeFor(pixels: number): number {
  let size = 0;
  while (size < imageSizes - 1 && imageSide >> (size + 1) >= pixels) size++;
  return size;
}

function drawStrip(
  frame: Uint8Array,
  column: number,
  top: number,
  pixels: number,
  image: Uint8Array,
  strip: number,
  side: number,
  colours: Uint32Array,
  shade: number,
): void {
  const first = Math.max(0, Math.ceil(top - 0.5));
  const end = Math.min(frameHeight, Math.ceil(top + pixels - 0.5));
  const step = side / pixels;
  for (let row = first; row < end; row++) {
    const number = image[strip + Math.min(side - 1, ((row + 0.5 - top) * step) | 0)] ?? transparent;
    if (number !== transparent) putPixel(frame, row * frameWidth + column, colours[shade + number] ?? 0);
  }
}
