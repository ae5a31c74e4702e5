/** 20,000 damaged files for every reader. */
import { describe, expect, it } from 'vitest';
import { fuzz } from '../test-support/fuzz.js';
import { audioReaders, headReader, modelReader, textReaders } from '../test-support/fuzzed-readers.js';

describe.each([...audioReaders, headReader, ...textReaders, modelReader])('the reader of $name', (reader) => {
  it('reads rightly, or refuses by name, each of 20,000 damaged files', () => {
    const { read, refused } = fuzz(reader, 20_000, 2);
    expect(read + refused).toBe(20_000);
  }, 600_000);
});
