/**
 * 300 damaged FLAC files whose checksums are right: what lies behind the checksums has to hold by itself, since whoever
 * damages a file on purpose mends them too. 20,000 in `flac-fuzz.slow.test.ts`.
 */
import { expect, it, vi } from 'vitest';
import { fuzz, readUndamaged } from '../test-support/fuzz.js';
import { flacReader } from '../test-support/fuzzed-readers.js';

vi.mock('../../data/flac-checksums.js', () => import('../test-support/flac-without-checksums.js'));
vi.mock('./flac-checksum.js', () => import('../test-support/flac-without-checksums.js'));

it('reads rightly, or refuses by name, each of 300 damaged FLAC files with right checksums', () => {
  readUndamaged(flacReader);
  const { read, refused } = fuzz(flacReader, 300, 3);
  expect(read + refused).toBe(300);
  expect(read).toBeGreaterThan(15); // without the mended checksums: 3
});
