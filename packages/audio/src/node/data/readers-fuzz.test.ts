/** 300 damaged files for every reader; 20,000 in `readers-fuzz.slow.test.ts`. */
import { describe, expect, it } from 'vitest';
import { fuzz, readUndamaged } from '../test-support/fuzz.js';
import { audioReaders, headReader, modelReader, textReaders } from '../test-support/fuzzed-readers.js';

describe.each([...audioReaders, headReader, ...textReaders, modelReader])('the reader of $name', (reader) => {
  it('reads its valid files within bounds of memory', () => {
    readUndamaged(reader);
  });

  it('reads rightly, or refuses by name, each of 300 damaged files, each within a second', () => {
    const { read, refused } = fuzz(reader, 300, 1);
    expect(read + refused).toBe(300);
    expect(read).toBeGreaterThan(3); // not everything is noticed,
    expect(refused).toBeGreaterThan(reader.name === 'paths' ? -1 : 100); // nor is everything let through
  });
});
