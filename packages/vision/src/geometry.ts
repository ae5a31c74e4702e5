/**
 * How a picture is cut into a grid of overlapping square patches, and what they share.
 *
 * Letters used for shapes here:
 *   P  pixels of a patch's side    G  patches of the grid's side
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.2: 7 x 7 patches of 64 x 64 pixels, 32 apart.
 */

/** A square grid of square patches. All lengths in pixels, but for `gridSize`. */
export interface PatchGrid {
  /** P. */
  readonly patchPixels: number;
  /** From one patch to the next, in both directions; 1 to P. */
  readonly patchStride: number;
  /** G. */
  readonly gridSize: number;
}

/** Side of the picture that the grid covers exactly. */
export function imagePixels({ patchPixels, patchStride, gridSize }: PatchGrid): number {
  return patchPixels + (gridSize - 1) * patchStride;
}

/** Patches of a grid. */
export function patchCount({ gridSize }: PatchGrid): number {
  return gridSize * gridSize;
}

/**
 * The nearest row below that shares no pixel with a row of patches: 2 where patches overlap by half. A context of row r has seen
 * part of rows nearer than that, and could point them out by the pixels themselves.
 */
export function firstUnsharedOffset({ patchPixels, patchStride }: PatchGrid): number {
  return Math.ceil(patchPixels / patchStride);
}

/**
 * Where the patch at a place of the batch lies. Patches are in the order of core's sequences and positions: column by column of
 * the grid, each from its top to its bottom.
 *
 * @param place - 0 to G² - 1.
 */
export function patchOrigin({ patchStride, gridSize }: PatchGrid, place: number): { top: number; left: number } {
  const { row, column } = gridPlace(gridSize, place);
  return { top: row * patchStride, left: column * patchStride };
}

/** Row and column of a place in the order of `patchOrigin`. */
export function gridPlace(gridSize: number, place: number): { row: number; column: number } {
  return { row: place % gridSize, column: Math.floor(place / gridSize) };
}
