import { expect, it } from 'vitest';
import { refuseExpansion } from './expansion.js';

it('allows 16,777,216 samples in any file, and 200 more for every byte', () => {
  expect(() => refuseExpansion(2 ** 24, 0, 'a.flac')).not.toThrow();
  expect(() => refuseExpansion(2 ** 24 + 2000, 10, 'a.flac')).not.toThrow();
});

it('refuses 65,536 samples for every 10 bytes, which constant frames of FLAC reach, in a file of 58 kB', () => {
  expect(() => refuseExpansion(5800 * 65_536, 58_000, 'a.flac')).toThrow(
    /a\.flac: expected at most 28377216 samples of all channels in a compressed file of 58000 bytes, received 380108800/,
  );
});
