/**
 * Samples as they are kept in memory: as int16 where they are whole 32,768ths, as all 16 bit audio is. Half the memory and
 * not a bit lost.
 */

/** Samples as they are kept: int16 in units of 1 / 32768, or float32 as they are. */
export type PackedSamples = Int16Array | Float32Array;

/** Samples as int16 where that loses nothing, else as they are. */
export function packSamples(samples: Float32Array): PackedSamples {
  const packed = new Int16Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) {
    const value = (samples[index] ?? 0) * 32_768;
    packed[index] = value;
    if (packed[index] !== value) return samples;
  }
  return packed;
}

/** The samples from `start` up to, not including, `end`, as a new float32 array. */
export function unpackSamples(packed: PackedSamples, start: number, end: number): Float32Array {
  if (packed instanceof Float32Array) return packed.slice(start, end);
  const samples = new Float32Array(end - start);
  for (let index = 0; index < samples.length; index += 1) samples[index] = (packed[start + index] ?? 0) / 32_768;
  return samples;
}
