/** Things that stand in the world and always face who looks at them. */
import type { Image } from './images.js';
import { spriteImages } from './sprite-images.js';

export interface Sprite {
  image: Image;
  /** Its middle, on the floor. */
  x: number;
  y: number;
  /** Of its lower edge above the floor. */
  base: number;
  /** Width and height. */
  size: number;
  /** Not drawn where false. */
  visible: boolean;
}

/** A sprite, yet to be placed. */
export function createSprite(image: Image = spriteImages.apple, size = 0.4, base = 0): Sprite {
  return { image, x: 0, y: 0, base, size, visible: false };
}

export function place(sprite: Sprite, { x, y }: { readonly x: number; readonly y: number }): void {
  sprite.x = x;
  sprite.y = y;
  sprite.visible = true;
}
