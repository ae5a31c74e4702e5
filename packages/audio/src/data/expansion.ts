/** How much sound a compressed file may hold, so that a small file cannot ask for gigabytes. */
import { DamagedFileError } from './damaged-file-error.js';

/** Samples that any file may hold: 17 minutes of one channel at 16 kHz. */
const alwaysAllowed = 2 ** 24;
/** Samples for every byte beyond that. Speech has about one; seven silent channels next to one of speech, eight. */
const samplesPerByte = 32;

/** Of sound in one compressed file, unless a caller says otherwise. */
export const defaultMaximumHours = 12;

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

/**
 * A compressed recording is in memory as a whole: so many hours may be asked of it.
 *
 * @throws {DamagedFileError} naming the option, if it is longer.
 */
export function refuseHours(seconds: number, maximumHours: number, where: string): void {
  if (seconds <= maximumHours * 3600) return;
  throw new DamagedFileError({
    where,
    expected: `at most ${maximumHours} hours of sound in a compressed file`,
    received: `${(seconds / 3600).toFixed(1)} hours`,
    fix: 'Split it or convert it to WAV, which is read in parts; or raise maximumHours (CPC_MAXIMUM_HOURS for the command).',
  });
}
