/** How much sound a compressed file may hold, so that a small file cannot ask for gigabytes. */
import { DamagedFileError } from './damaged-file-error.js';

/** Samples of all channels that any file may hold: 17 minutes of one at 16 kHz. */
const alwaysAllowed = 2 ** 24;
/** Samples for every byte beyond that; speech and music have about one. */
const samplesPerByte = 200;

/**
 * @param samples - of all channels together, claimed or decoded so far.
 * @param byteLength - of the file.
 * @throws {DamagedFileError} if it is more than a file of that size may hold.
 */
export function refuseExpansion(samples: number, byteLength: number, where: string): void {
  const most = alwaysAllowed + samplesPerByte * byteLength;
  if (samples <= most) return;
  throw new DamagedFileError({
    where,
    expected: `at most ${most} samples of all channels in a compressed file of ${byteLength} bytes`,
    received: `${samples}`,
    fix: 'The file is damaged or made to exhaust memory. If it is nothing but silence, convert it to WAV.',
  });
}
