/**
 * Headings as whole numbers of half degrees, with tables of sine and cosine.
 *
 * 0 looks along x, and a heading grows clockwise on a map whose y points down. Tables are rounded to 2^-30, so that machines whose
 * sines differ in the last bit still play the same episodes.
 */
export const unitsPerTurn = 720;

const grid = 2 ** 30;

function tableOf(wave: (radians: number) => number): Float64Array {
  const turn = 2 * Math.PI;
  return Float64Array.from(
    { length: unitsPerTurn },
    (_, units) => Math.round(grid * wave((turn * units) / unitsPerTurn)) / grid,
  );
}

export const cosines = tableOf(Math.cos);
export const sines = tableOf(Math.sin);

/** The same heading as a whole number from 0 to 719. */
export function wrapped(heading: number): number {
  return ((heading % unitsPerTurn) + unitsPerTurn) % unitsPerTurn;
}
