/** 10,000 damaged files for every reader. */
import { describe, expect, it } from 'vitest';
import { fuzz } from './test-support/fuzz.js';
import { fuzzedReaders } from './test-support/fuzzed-readers.js';

describe.each(fuzzedReaders)('the reader of $name', (reader) => {
  it('reads rightly, or refuses by name, each of 10,000 damaged files', async () => {
    const { read, refused } = await fuzz(reader, 10_000, 2);
    expect(read + refused).toBe(10_000);
  }, 600_000);
});
