/**
 * Index of the first entry of an ascending list that is greater than `value`, by halving; the length if none is. With the running
 * sums of some weights and a number below their total: which of the weights it falls in.
 */
export function firstAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
