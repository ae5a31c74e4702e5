/**
 * Keeps decoded recordings in memory up to a number of bytes; those unused for longest go first.
 */
import type { PackedSamples } from '../../data/packed-samples.js';

/** A cache of recordings by key. */
export interface SampleCache {
  /** Bytes held now; never more than the bound. */
  readonly byteLength: number;
  get(key: number): PackedSamples | undefined;
  /** Keeps `samples`, unless they alone are larger than the bound. */
  set(key: number, samples: PackedSamples): void;
}

/**
 * Makes an empty cache.
 *
 * @param maximumBytes - its bound; 0 keeps nothing.
 */
export function createSampleCache(maximumBytes: number): SampleCache {
  const entries = new Map<number, PackedSamples>(); // a Map keeps the order of insertion: oldest first
  let byteLength = 0;
  const remove = (key: number): void => {
    byteLength -= entries.get(key)?.byteLength ?? 0;
    entries.delete(key);
  };
  return {
    get byteLength() {
      return byteLength;
    },
    get(key) {
      const samples = entries.get(key);
      if (samples === undefined) return undefined;
      entries.delete(key);
      entries.set(key, samples); // now the youngest
      return samples;
    },
    set(key, samples) {
      remove(key);
      if (samples.byteLength > maximumBytes) return;
      entries.set(key, samples);
      byteLength += samples.byteLength;
      for (const oldest of entries.keys()) {
        if (byteLength <= maximumBytes) break;
        remove(oldest);
      }
    },
  };
}
