/** 20,000 damaged FLAC files whose checksums are right. */
import { expect, it, vi } from 'vitest';
import { fuzz } from '../test-support/fuzz.js';
import { flacReader } from '../test-support/fuzzed-readers.js';

vi.mock('../../data/flac-checksums.js', () => import('../test-support/flac-without-checksums.js'));
vi.mock('./flac-checksum.js', () => import('../test-support/flac-without-checksums.js'));

it('reads rightly, or refuses by name, each of 20,000 damaged FLAC files with right checksums', () => {
  const { read, refused } = fuzz(flacReader, 20_000, 6);
  expect(read + refused).toBe(20_000);
}, 600_000);
