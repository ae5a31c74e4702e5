/** Parameters and pictures for tests. */
import { createRandom, type HostArray, mapTree, type Random, type TensorTree, type Tree } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import type { Picture } from '../data/image-set.js';
import { smallPreset, type VisionSettings } from '../presets.js';

/** A grid of 3 x 3 patches of 8 x 8 pixels, and four channels. */
export const tinySettings: VisionSettings = {
  ...smallPreset,
  resizePixels: 20,
  patchPixels: 8,
  patchStride: 4,
  gridSize: 3,
  subcropPixels: 7,
  depth: 18,
  width: 4,
  predictorScale: 1,
  contextUnits: 6,
  contextBlocks: 2,
  lastOffset: 2,
  batchSize: 2,
  negativeCount: 8,
  latentScale: 1, // bounds well above 0 and gradients of a size that rounding does not reach
};

export function tensorsOf(tree: Tree<HostArray>): TensorTree {
  return mapTree(tree, ({ shape, data }) => tf.tensor(data, [...shape]));
}

/** Normal numbers. */
export function noise(shape: readonly number[], random: Random = createRandom(3)): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.normal()),
    [...shape],
  );
}

/** A picture whose every number is given by row, column and channel. */
export function paintedPicture(side: number, value: (row: number, column: number, channel: number) => number): Picture {
  const data = new Uint8Array(side * side * 3);
  for (let at = 0; at < data.length; at++) {
    const place = Math.floor(at / 3);
    data[at] = value(Math.floor(place / side), place % side, at % 3);
  }
  return { side, data };
}

/** A picture of random numbers. */
export function noisyPicture(side: number, seed = 1): Picture {
  const random = createRandom(seed);
  return paintedPicture(side, () => random.integer(256));
}
