/** 20,000 damaged recordings in a folder. */
import { expect, it } from 'vitest';
import { fuzzCorpus } from '../test-support/fuzz-corpus.js';

it('opens a folder with each of 20,000 damaged files, and reads it, leaves it out or refuses it by name', async () => {
  const { read, leftOut, refused } = await fuzzCorpus(20_000, 5);
  expect(read + leftOut + refused).toBe(20_000);
}, 1_200_000);
