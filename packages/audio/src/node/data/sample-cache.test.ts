import { describe, expect, it } from 'vitest';
import { createSampleCache } from './sample-cache.js';

describe('createSampleCache', () => {
  it('holds at most its 8 bytes: of 3 recordings of 4 bytes the one unused for longest goes', () => {
    const cache = createSampleCache(8);
    cache.set(1, Int16Array.of(1, 1));
    cache.set(2, Int16Array.of(2, 2));
    cache.get(1);
    cache.set(3, Int16Array.of(3, 3));
    expect([1, 2, 3].map((key) => cache.get(key)?.[0])).toEqual([1, undefined, 3]);
    expect(cache.byteLength).toBe(8);
  });

  it('does not keep a recording larger than itself, nor lose others for it', () => {
    const cache = createSampleCache(4);
    cache.set(1, Int16Array.of(1));
    cache.set(2, new Int16Array(3));
    expect([cache.get(1)?.length, cache.get(2)]).toEqual([1, undefined]);
  });

  it('counts a recording set twice once', () => {
    const cache = createSampleCache(100);
    cache.set(1, new Int16Array(3));
    cache.set(1, new Float32Array(3));
    expect(cache.byteLength).toBe(12);
  });
});
