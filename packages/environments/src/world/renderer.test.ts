import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { frameBytes, frameWidth } from './frame.js';
import { createGridMap, open } from './grid-map.js';
import { createRenderer, type View } from './renderer.js';
import { createSprite, place } from './sprite.js';
import { spriteImages } from './sprite-images.js';
import { createSurfaces, decorate, walls } from './surfaces.js';

/** A hall of 9 x 9 open cells. */
function hall(): View & { readonly surfaces: ReturnType<typeof createSurfaces> } {
  const map = createGridMap(11, 11, walls.first);
  for (let y = 1; y < 10; y++) map.cells.fill(open, 11 * y + 1, 11 * y + 10);
  const surfaces = createSurfaces();
  decorate(surfaces, createRandom(1));
  return { map, surfaces, hasSky: false, sprites: [] };
}

const red = 255;
const white = 0xffffff;

/** A hall whose walls are one colour, floor another and ceiling a third. */
function plainHall() {
  const view = hall();
  const { surfaces } = view;
  for (const image of surfaces.walls) for (const size of image) size.fill(1);
  for (const size of surfaces.floor) size.fill(2);
  for (const size of surfaces.ceiling) size.fill(3);
  for (let shade = 0; shade < 16; shade++) {
    surfaces.colours[256 * shade + 1] = red;
    surfaces.colours[256 * shade + 2] = red * 256;
    surfaces.colours[256 * shade + 3] = red * 65_536;
  }
  return view;
}

function draw(view: View, x: number, y: number, heading = 0): Uint8Array {
  const frame = new Uint8Array(frameBytes);
  createRenderer()(view, { x, y, heading }, frame);
  return frame;
}

const pixelAt = (frame: Uint8Array, column: number, row: number) => {
  const start = 3 * (frameWidth * row + column);
  return [...frame.subarray(start, start + 3)];
};

describe('renderer', () => {
  it('draws a wall 4 away 12 pixels high in the middle, ceiling above and floor below', () => {
    const frame = draw(plainHall(), 6, 5.5);
    for (let column = 0; column < frameWidth; column += 13) {
      expect(pixelAt(frame, column, 29)).toEqual([0, 0, 255]);
      expect(pixelAt(frame, column, 30)).toEqual([255, 0, 0]);
      expect(pixelAt(frame, column, 41)).toEqual([255, 0, 0]);
      expect(pixelAt(frame, column, 42)).toEqual([0, 255, 0]);
    }
  });

  it('fills every pixel of a frame, wherever it looks from', () => {
    const view = { ...hall(), hasSky: false };
    view.surfaces.colours.fill(white);
    for (let heading = 0; heading < 720; heading += 7) {
      expect(draw(view, 1.3 + heading / 100, 5.2, heading).every((byte) => byte === 255)).toBe(true);
      expect(draw({ ...view, hasSky: true }, 1.3 + heading / 100, 5.2, heading).every((byte) => byte === 255)).toBe(
        true,
      );
    }
  });

  it('draws floor texels where they lie: a place is the same cell from two sides', () => {
    const view = plainHall();
    const [largest = new Uint8Array()] = view.surfaces.floor;
    for (const size of view.surfaces.floor) size.fill(2);
    largest.fill(1, 0, largest.length / 2); // the left half of every cell
    // From (5, 5.5) looking right: row 71 is 0.676 away, in the right half of cell 5.
    expect(pixelAt(draw(view, 5, 5.5, 0), 48, 71)).toEqual([0, 255, 0]);
    expect(pixelAt(draw(view, 5.5, 5.5, 0), 48, 71)).toEqual([255, 0, 0]);
    expect(pixelAt(draw(view, 5, 5.5, 360), 48, 71)).toEqual([255, 0, 0]);
    // Looking down from the middle of a cell, its left half is on the right.
    expect(pixelAt(draw(view, 5.5, 5.5, 180), 40, 71)).toEqual([0, 255, 0]);
    expect(pixelAt(draw(view, 5.5, 5.5, 180), 56, 71)).toEqual([255, 0, 0]);
  });

  it('draws a thing of size 1 that is 2 away 24 pixels wide, standing on the floor', () => {
    const view = plainHall();
    const sprite = createSprite(spriteImages.apple, 1);
    for (const size of sprite.image) expect(size.length).toBeGreaterThan(0);
    place(sprite, { x: 5, y: 5.5 });
    sprite.image = spriteImages.apple.map((size) => size.slice().fill(9));
    view.surfaces.colours.forEach((_, index, colours) => {
      if (index % 256 === 9) colours[index] = white;
    });
    const frame = draw({ ...view, sprites: [sprite] }, 3, 5.5);
    const row = Array.from({ length: frameWidth }, (_, column) =>
      pixelAt(frame, column, 40).every((byte) => byte === 255),
    );
    expect(row.indexOf(true)).toBe(36);
    expect(row.lastIndexOf(true)).toBe(59);
    expect(pixelAt(frame, 48, 47)).toEqual([255, 255, 255]); // (0.5 - 0) * 48 / 2 below the horizon
    expect(pixelAt(frame, 48, 48)).toEqual([0, 255, 0]);
  });

  it('hides what stands behind a wall, behind the eye, or nearer things', () => {
    const view = plainHall();
    const [near, far] = [createSprite(spriteImages.lemon, 1), createSprite(spriteImages.apple, 1)];
    near.image = far.image.map((size) => size.slice().fill(8));
    far.image = far.image.map((size) => size.slice().fill(9));
    for (let shade = 0; shade < 16; shade++) {
      view.surfaces.colours[256 * shade + 8] = 0x010101;
      view.surfaces.colours[256 * shade + 9] = white;
    }
    place(far, { x: 7, y: 5.5 });
    expect(pixelAt(draw({ ...view, sprites: [near, far] }, 3, 5.5), 48, 36)).toEqual([255, 255, 255]);
    expect(pixelAt(draw({ ...view, sprites: [near, far] }, 3, 5.5, 360), 48, 36)).toEqual([255, 0, 0]);
    place(near, { x: 5, y: 5.5 });
    expect(pixelAt(draw({ ...view, sprites: [near, far] }, 3, 5.5), 48, 36)).toEqual([1, 1, 1]);
    expect(pixelAt(draw({ ...view, sprites: [far, near] }, 3, 5.5), 48, 36)).toEqual([1, 1, 1]);
    view.map.cells[11 * 5 + 4] = walls.first;
    expect(pixelAt(draw({ ...view, sprites: [near, far] }, 3, 5.5), 48, 36)).toEqual([255, 0, 0]);
  });

  it('draws the same frame twice, and another one a step to the side', () => {
    const view = hall();
    expect(draw(view, 3, 5.5, 33)).toEqual(draw(view, 3, 5.5, 33));
    expect(draw(view, 3, 5.5, 33)).not.toEqual(draw(view, 3, 5.6, 33));
  });

  it('turns the sky with the heading', () => {
    const view = { ...hall(), hasSky: true };
    const top = (heading: number) => draw(view, 5.5, 5.5, heading).slice(0, 10 * frameWidth * 3);
    expect(top(0)).not.toEqual(top(180));
    expect(top(0)).toEqual(top(0));
  });
});
