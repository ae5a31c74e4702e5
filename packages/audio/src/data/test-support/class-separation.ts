/** How well labels fit features in time, without fitting anything: for tests that neither is shifted against the other. */
import type { HostArray } from '@cpc/core';

/** Frames at either end that no shift looks at, so that every shift sees the same frames. */
export const largestShift = 5;

/**
 * How far the means of the classes lie from 0, squared, in mean over frames: the larger, the more of the features the labels
 * explain.
 *
 * @param features - by recording, `[T, F]`; each feature of mean 0 over the recording.
 * @param labels - by recording, `[T]`; -1 and `undefined` for frames and recordings without a label.
 * @param shift - frame t is given the label of frame t + shift; from -5 to 5.
 */
export function classSeparation(
  features: readonly HostArray[],
  labels: readonly (Int32Array | undefined)[],
  shift: number,
): number {
  const classes = new Map<number, { count: number; readonly sum: Float64Array }>();
  for (const [recording, { shape, data }] of features.entries()) {
    const [frames = 0, width = 0] = shape;
    for (let frame = largestShift; frame < frames - largestShift; frame += 1) {
      const label = labels[recording]?.[frame + shift] ?? -1;
      if (label < 0) continue;
      const entry = classes.get(label) ?? { count: 0, sum: new Float64Array(width) };
      classes.set(label, entry);
      entry.count += 1;
      for (let column = 0; column < width; column += 1)
        entry.sum[column] = (entry.sum[column] ?? 0) + (data[frame * width + column] ?? 0);
    }
  }
  const entries = [...classes.values()];
  const between = entries.reduce(
    (all, { count, sum }) => all + sum.reduce((squares, x) => squares + x * x, 0) / count,
    0,
  );
  return between / entries.reduce((all, { count }) => all + count, 0);
}

/** `classSeparation` for shifts of -5 to 5, the largest first. */
export function shiftsBySeparation(
  features: readonly HostArray[],
  labels: readonly (Int32Array | undefined)[],
): { readonly shift: number; readonly separation: number }[] {
  const shifts = Array.from({ length: 2 * largestShift + 1 }, (_, index) => index - largestShift);
  return shifts
    .map((shift) => ({ shift, separation: classSeparation(features, labels, shift) }))
    .sort((a, b) => b.separation - a.separation);
}
