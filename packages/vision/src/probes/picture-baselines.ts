/**
 * Features that need no training: raw pixels, and histograms of colours and gradients.
 *
 * Letters used for shapes here:
 *   R  side of a picture
 */
import type { Picture } from '../data/image-set.js';

/** Side to which pictures are averaged: 1,024 pixels of three colours, more than most representations have numbers. */
const pixelSide = 32;

/** Colours on a grid of 32 x 32 cells, each the mean of its pixels. */
export function rawPixels({ side, data }: Picture): Float32Array {
  const cells = Math.min(pixelSide, side);
  const sums = new Float32Array(cells * cells * 3);
  const counts = new Float32Array(cells * cells);
  for (let place = 0; place < side * side; place++) {
    const cell = cellOf(place, side, cells);
    counts[cell] = (counts[cell] ?? 0) + 1;
    for (let channel = 0; channel < 3; channel++) {
      sums[cell * 3 + channel] = (sums[cell * 3 + channel] ?? 0) + (data[place * 3 + channel] ?? 0);
    }
  }
  return sums.map((sum, at) => sum / (counts[Math.floor(at / 3)] ?? 1) / 255);
}

const colourLevels = 4; // of each of three colours: 64 bins of the whole picture
const gradientCells = 4; // a side
const gradientBins = 9; // directions without sign, as in Dalal & Triggs, 2005

/**
 * How often each of 64 colours stands in the picture, and in each of 4 x 4 cells how strong edges of 9 directions are. Roots of
 * the shares: the linear classifier then compares them as Hellinger's distance does.
 */
export function colourAndGradientHistograms(picture: Picture): Float32Array {
  const colours = colourHistogram(picture);
  const gradients = gradientHistograms(picture);
  const joined = new Float32Array(colours.length + gradients.length);
  joined.set(colours);
  joined.set(gradients, colours.length);
  return joined;
}

function colourHistogram({ side, data }: Picture): Float32Array {
  const counts = new Float32Array(colourLevels ** 3);
  const level = (value: number) => Math.floor((value * colourLevels) / 256);
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [level(data[at] ?? 0), level(data[at + 1] ?? 0), level(data[at + 2] ?? 0)];
    const bin = (red * colourLevels + green) * colourLevels + blue;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => Math.sqrt(count / (side * side)));
}

function gradientHistograms({ side, data }: Picture): Float32Array {
  const sums = new Float32Array(gradientCells * gradientCells * gradientBins);
  const luma = (row: number, column: number) => {
    const at = (row * side + column) * 3;
    return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  };
  for (let row = 1; row < side - 1; row++) {
    for (let column = 1; column < side - 1; column++) {
      const across = luma(row, column + 1) - luma(row, column - 1);
      const down = luma(row + 1, column) - luma(row - 1, column);
      const turn = (Math.atan2(down, across) / Math.PI + 2) % 1; // 0 .. 1: edges have no sign
      const bin = Math.min(gradientBins - 1, Math.floor(turn * gradientBins));
      const at = cellOf(row * side + column, side, gradientCells) * gradientBins + bin;
      sums[at] = (sums[at] ?? 0) + Math.hypot(across, down);
    }
  }
  return rootsOfShares(sums, gradientBins);
}

/** Each group of `size` numbers divided by its sum. */
function rootsOfShares(sums: Float32Array, size: number): Float32Array {
  const shares = new Float32Array(sums.length);
  for (let start = 0; start < sums.length; start += size) {
    const group = sums.subarray(start, start + size);
    const total = group.reduce((sum, value) => sum + value, 0) || 1;
    shares.set(
      group.map((value) => Math.sqrt(value / total)),
      start,
    );
  }
  return shares;
}

/** Which of `cells` x `cells` equal cells a pixel lies in. */
function cellOf(place: number, side: number, cells: number): number {
  const [row, column] = [Math.floor(place / side), place % side];
  return Math.floor((row * cells) / side) * cells + Math.floor((column * cells) / side);
}
