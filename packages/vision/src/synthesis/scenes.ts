/**
 * Pictures made from a seed: one textured shape before a plain, slightly noisy ground. What shape it is and how it is textured is
 * the class; where it stands, how large, how turned and in which colours is chance. Rows further down follow from those above
 * (the rest of an outline, the texture within it), and single pixels say little of the class.
 *
 * Letters used for shapes here:
 *   R  pixels of a picture's side
 */
import { createRandom, type Random } from '@cpc/core';
import type { ImageEntry, ImageSet, Picture } from '../data/image-set.js';
import { type Outline, outlines } from './outlines.js';
import { type Texture, textures } from './textures.js';

export interface SceneOptions {
  readonly seed: number;
  /** Scenes to train on, and scenes that are held out. */
  readonly train: number;
  readonly test: number;
  /** R. */
  readonly side: number;
}

type Colour = readonly [red: number, green: number, blue: number];

/** Everything that is chance in a scene. Lengths are in halves of the picture's side, its middle is 0. */
interface Scene {
  readonly outline: Outline;
  readonly texture: Texture;
  readonly centre: readonly [x: number, y: number];
  readonly radius: number;
  readonly turn: number;
  readonly phase: number;
  readonly ground: Colour;
  readonly paints: readonly [Colour, Colour];
  readonly slope: readonly [x: number, y: number];
}

/** Names of the classes: every outline with every texture. */
export const sceneClasses: readonly string[] = Object.keys(outlines).flatMap((outline) =>
  Object.keys(textures).map((texture) => `${texture} ${outline}`),
);

/**
 * A set of scenes; the class of scene n is n modulo the number of classes. Pictures are made when they are read, and kept.
 *
 * @example
 * const scenes = createScenes({ seed: 1, train: 1200, test: 400, side: 75 });
 */
export function createScenes({ seed, train, test, side }: SceneOptions): ImageSet {
  const kept = new Map<number, Picture>();
  const images = Array.from({ length: train + test }, (_, index): ImageEntry => {
    const label = index % sceneClasses.length;
    return { name: `scene ${index}: ${sceneClasses[label]}`, label, side: index < train ? 'train' : 'test' };
  });
  return {
    name: 'built-in scenes',
    images,
    classes: sceneClasses,
    skipped: [],
    fingerprint: `built-in-scenes:1:${seed}:${train}:${test}`,
    read: (index) => {
      const picture = kept.get(index) ?? paintScene(createRandom(seed).fold('scene', index), index, side);
      kept.set(index, picture);
      return Promise.resolve(picture);
    },
  };
}

function paintScene(random: Random, index: number, side: number): Picture {
  const scene = drawScene(random, index % sceneClasses.length);
  const grain = random.fold('grain');
  const data = new Uint8Array(side * side * 3);
  for (let place = 0; place < side * side; place++) {
    const [row, column] = [Math.floor(place / side), place % side];
    const colour = colourAt(scene, (2 * column + 1) / side - 1, (2 * row + 1) / side - 1, 2 / side);
    const noise = grainDeviation * grain.normal();
    for (const [channel, value] of colour.entries()) data[place * 3 + channel] = toByte(value + noise);
  }
  return { side, data };
}

const grainDeviation = 0.03; // of the range from black to white

function drawScene(random: Random, label: number): Scene {
  const textureCount = Object.keys(textures).length;
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const colour = (low: number, high: number): Colour => [between(low, high), between(low, high), between(low, high)];
  const isDark = random.uniform() < 0.5; // the ground; the shape's two paints are light and dark, so its mean tells nothing
  return {
    outline: Object.values(outlines)[Math.floor(label / textureCount)] ?? outlines.disc,
    texture: Object.values(textures)[label % textureCount] ?? textures.striped,
    centre: [between(-0.25, 0.25), between(-0.25, 0.25)],
    radius: between(0.5, 0.8),
    turn: between(-0.35, 0.35),
    phase: random.uniform(),
    ground: isDark ? colour(0.25, 0.45) : colour(0.55, 0.75),
    paints: [colour(0, 0.3), colour(0.7, 1)],
    slope: [between(-0.1, 0.1), between(-0.1, 0.1)],
  };
}

/** @param blur - how wide an edge is: one pixel. */
function colourAt(scene: Scene, x: number, y: number, blur: number): Colour {
  const { centre, radius, turn, slope, ground, paints } = scene;
  const [dx, dy] = [x - centre[0], y - centre[1]];
  const u = (Math.cos(turn) * dx + Math.sin(turn) * dy) / radius;
  const v = (Math.cos(turn) * dy - Math.sin(turn) * dx) / radius;
  const inside = smooth(-scene.outline(u, v) * radius, blur);
  const light = scene.texture(u, v, scene.phase);
  const shade = slope[0] * x + slope[1] * y;
  const mix = (channel: 0 | 1 | 2) => {
    const painted = paints[0][channel] * (1 - light) + paints[1][channel] * light;
    return (ground[channel] + shade) * (1 - inside) + painted * inside;
  };
  return [mix(0), mix(1), mix(2)];
}

/** 0 to 1 over `width` around 0. */
function smooth(distance: number, width: number): number {
  return Math.min(1, Math.max(0, distance / width + 0.5));
}

function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
