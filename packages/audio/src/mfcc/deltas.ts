/**
 * How features move: the slope of each over the five frames around a frame.
 *
 * d_t = sum over k = 1, 2 of k (c_{t+k} - c_{t-k}) / (2 sum of k^2), the least-squares slope per frame; before the first
 * and after the last frame these two are repeated. Double deltas are deltas of deltas.
 *
 * Letters used for shapes here:
 *   T  frames    C  features of a frame
 *
 * Source: Furui, 1986; the HTK Book, section 5.9, equation 5.16 with a window of 2.
 */

/** Frames on each side: 5 in all, 50 ms at 100 frames a second. */
const reach = 2;

/**
 * The slope of each feature, per frame.
 *
 * @param features - `[T, C]`, row after row; not changed.
 * @param width - C.
 * @returns `[T, C]`, a new array.
 */
export function deltas(features: Float64Array, width: number): Float64Array {
  const last = features.length / width - 1;
  const at = (frame: number, column: number) => features[Math.min(last, Math.max(0, frame)) * width + column] ?? 0;
  return features.map((_, index) => {
    const frame = Math.floor(index / width);
    const column = index % width;
    let weighted = 0;
    let squares = 0;
    for (let step = 1; step <= reach; step += 1) {
      weighted += step * (at(frame + step, column) - at(frame - step, column));
      squares += step ** 2;
    }
    return weighted / (2 * squares);
  });
}

/**
 * Puts tables of as many rows side by side.
 *
 * @param tables - each `[T, C]`.
 * @returns `[T, tables * C]`, a new array.
 */
export function sideBySide(tables: readonly Float64Array[], width: number): Float64Array {
  const frames = (tables[0]?.length ?? 0) / width;
  const joined = new Float64Array(frames * width * tables.length);
  for (let frame = 0; frame < frames; frame += 1) {
    for (const [place, table] of tables.entries())
      joined.set(table.subarray(frame * width, (frame + 1) * width), (frame * tables.length + place) * width);
  }
  return joined;
}
