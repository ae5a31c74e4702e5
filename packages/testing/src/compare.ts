/** How far two sets of tensors are apart. */
import type { NamedHostTensors } from '@cpc/compile';

/**
 * The largest difference between tensors of the same name, relative to the largest value of the expected one.
 * Infinite if names, sizes or finiteness differ.
 */
export function largestRelativeDifference(expected: NamedHostTensors, received: NamedHostTensors): number {
  if (Object.keys(expected).sort().join() !== Object.keys(received).sort().join()) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [name, { data }] of Object.entries(expected)) {
    const other = received[name]?.data;
    if (other?.length !== data.length) return Number.POSITIVE_INFINITY;
    let scale = 0;
    let difference = 0;
    for (const [index, value] of data.entries()) {
      scale = Math.max(scale, Math.abs(value));
      const distance = Math.abs(value - (other[index] ?? Number.NaN));
      difference = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(difference, distance);
    }
    if (difference > 0) worst = Math.max(worst, difference / Math.max(scale, 1e-30));
  }
  return worst;
}
