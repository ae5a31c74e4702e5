import { expect, it } from 'vitest';
import { refuseExpansion, refuseHours } from './expansion.js';

it('allows 16,777,216 samples in any file, and 32 more for every byte', () => {
  expect(() => refuseExpansion(2 ** 24, 0, 'a.flac')).not.toThrow();
  expect(() => refuseExpansion(2 ** 24 + 320, 10, 'a.flac')).not.toThrow();
  expect(() => refuseExpansion(2 ** 24 + 321, 10, 'a.flac')).toThrow(/received 16777537/);
});

it('refuses 65,536 samples for every 10 bytes, which constant frames of FLAC reach, in a file of 58 kB', () => {
  expect(() => refuseExpansion(5800 * 65_536, 58_000, 'a.flac')).toThrow(
    /a\.flac: expected at most 18633216 samples of all channels in a compressed file of 58000 bytes, received 380108800/,
  );
});

it('allows 12 hours of 12, and refuses 13 of them by the name of the option', () => {
  expect(() => refuseHours(12 * 3600, 12, 'a.flac')).not.toThrow();
  expect(() => refuseHours(13 * 3600, 12, 'a.flac')).toThrow(
    /at most 12 hours .*received 13\.0 hours\..*CPC_MAXIMUM_HOURS/,
  );
});
