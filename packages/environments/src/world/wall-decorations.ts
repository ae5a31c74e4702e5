/** Posters, by which one wall can be told from another, and doors in the colours of keys: drawn by rule, at any place of an image. */
import { colourNumber, ramps } from './colours.js';

/** The posters: a shape in one colour on another. Their number and looks are the same in every episode. */
const posters: readonly (readonly [shape: Shape, colour: number, ground: number])[] = [
  [isDisc, ramps.red, ramps.grey],
  [isCross, ramps.blue, ramps.yellow],
  [isSquare, ramps.green, ramps.purple],
  [isTriangle, ramps.orange, ramps.blue],
  [isStripe, ramps.grey, ramps.red],
  [isRing, ramps.yellow, ramps.green],
  [isHalf, ramps.purple, ramps.orange],
  [isChecked, ramps.blue, ramps.grey],
];

export const posterCount = posters.length;

/** Whether a place belongs to a shape; both from -1 to 1, y downwards. */
type Shape = (x: number, y: number) => boolean;

function isDisc(x: number, y: number): boolean {
  return x * x + y * y < 0.5;
}

function isCross(x: number, y: number): boolean {
  return Math.min(Math.abs(x), Math.abs(y)) < 0.25;
}

function isSquare(x: number, y: number): boolean {
  return Math.max(Math.abs(x), Math.abs(y)) < 0.55;
}

function isTriangle(x: number, y: number): boolean {
  return y < 0.7 && Math.abs(x) < (y + 0.9) / 2;
}

function isStripe(x: number): boolean {
  return Math.abs(x) > 0.33;
}

function isRing(x: number, y: number): boolean {
  const square = x * x + y * y;
  return square > 0.25 && square < 0.8;
}

function isHalf(x: number, y: number): boolean {
  return x > y;
}

function isChecked(x: number, y: number): boolean {
  return x > 0 === y > 0;
}

/** The colour number at a place of a poster, from 0 to 31 each way; undefined where the wall around it shows. */
export function posterNumber(poster: number, column: number, row: number): number | undefined {
  const [x, y] = [(column - 15.5) / 11, (row - 14.5) / 11];
  const edge = Math.max(Math.abs(x), Math.abs(y));
  if (edge > 1.1) return undefined;
  if (edge > 1) return colourNumber(ramps.grey, 2);
  const [shape, colour, ground] = posters[poster] ?? [isDisc, ramps.grey, ramps.grey];
  return shape(x, y) ? colourNumber(colour, 15) : colourNumber(ground, 10);
}

/** The colour number at a place of a door: two leaves in a frame, with bolts. */
export function doorNumber(ramp: number, column: number, row: number): number {
  const fromSide = Math.min(column, 31 - column);
  if (fromSide < 3 || row < 3) return colourNumber(ramps.grey, fromSide === 2 || row === 2 ? 2 : 6);
  if (column === 15 || column === 16) return colourNumber(ramp, 3);
  const isBolt = (column % 8 === 5 || column % 8 === 2) && row % 9 === 6;
  return isBolt ? colourNumber(ramps.grey, 13) : colourNumber(ramp, row % 9 === 1 ? 8 : 13);
}
