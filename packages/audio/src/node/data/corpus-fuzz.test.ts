/** 300 damaged recordings in a folder; 20,000 in `corpus-fuzz.slow.test.ts`. */
import { expect, it } from 'vitest';
import { fuzzCorpus } from '../test-support/fuzz-corpus.js';

it('opens a folder with each of 300 damaged files, and reads it, leaves it out or refuses it by name', async () => {
  const { read, leftOut, refused } = await fuzzCorpus(300, 4);
  expect(read + leftOut + refused).toBe(300);
  expect(Math.min(read, leftOut, refused)).toBeGreaterThan(5);
});
