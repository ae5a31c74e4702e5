/** 300 damaged files for every reader; 10,000 in `readers-fuzz.slow.test.ts`. */
import { describe, expect, it } from 'vitest';
import { fuzz } from './test-support/fuzz.js';
import { fuzzedReaders } from './test-support/fuzzed-readers.js';

describe.each(fuzzedReaders)('the reader of $name', (reader) => {
  it('reads its 1 whole file', async () => expect(await fuzz(reader, 0, 1)).toEqual({ read: 1, refused: 0 }));

  it('reads rightly, or refuses by name, each of 300 damaged files, each within 2 s', async () => {
    const { read, refused } = await fuzz(reader, 300, 1);
    expect(read + refused).toBe(300);
    expect(read).toBeGreaterThan(0); // not everything is noticed
  });
});
