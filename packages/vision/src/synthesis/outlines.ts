/** Outlines of shapes: how far a point lies outside of one (inside: below 0), about; all are as large as a disc of radius 1. */

export type Outline = (u: number, v: number) => number;

const disc: Outline = (u, v) => Math.hypot(u, v) - 1;

const square: Outline = (u, v) => Math.max(Math.abs(u), Math.abs(v)) - 0.85;

/** One corner up. */
const triangle: Outline = (u, v) => Math.max(0.87 * Math.abs(u) - 0.5 * v - 0.6, v - 0.75);

const cross: Outline = (u, v) => {
  const [long, short] = [Math.max(Math.abs(u), Math.abs(v)), Math.min(Math.abs(u), Math.abs(v))];
  return Math.max(long - 1, short - 0.4);
};

export const outlines = { disc, square, triangle, cross } as const;
