/** Settings of `mfcc`, each with its source. */
import { CpcArgumentError } from '@cpc/core';
import type { MelScale } from './mel-filterbank.js';

export interface MfccOptions {
  /** Rate of the samples; a whole number of Hz. */
  readonly sampleRateHz?: number;
  /** Samples from one frame to the next. */
  readonly hopSamples?: number;
  /** Samples that one frame hears. */
  readonly windowSamples?: number;
  readonly window?: 'hann' | 'hamming';
  /** a in x[n] - a x[n - 1], from 0 (none) to below 1. */
  readonly preEmphasis?: number;
  /** Which mel, and how high the filters are: see `mel-filterbank.ts`. */
  readonly melScale?: MelScale;
  readonly filterCount?: number;
  /** Where the lowest filter begins, in Hz. */
  readonly lowestHz?: number;
  /** Where the highest filter ends, in Hz; half the rate if left out. */
  readonly highestHz?: number;
  /** Coefficients of a frame, the 0th (loudness) included; at most as many as filters. */
  readonly coefficientCount?: number;
  /** L of the lifter, see `cepstrum.ts`; 0 for none. */
  readonly lifter?: number;
  /** 0 for the coefficients alone, 1 for their slopes too, 2 for the slopes of these as well. */
  readonly deltas?: 0 | 1 | 2;
  /** Shift and scale each feature to mean 0 and deviation 1 over the recording. */
  readonly normalise?: boolean;
}

export type MfccSettings = Required<MfccOptions>;

/** The names in capitals are of the HTK Book's tutorial: version 3.4, section 3.1.5. */
export const mfccDefaults: Omit<MfccSettings, 'highestHz'> = {
  sampleRateHz: 16_000, //   the encoder's
  hopSamples: 160, //        the encoder's; 10 ms as TARGETRATE
  windowSamples: 400, //     25 ms: WINDOWSIZE
  window: 'hamming', //      USEHAMMING = T
  preEmphasis: 0.97, //      PREEMCOEF = 0.97
  melScale: 'htk', //        the HTK Book, section 5.4
  filterCount: 26, //        NUMCHANS = 26
  lowestHz: 0, //            HTK's, unless LOFREQ is set
  coefficientCount: 13, //   NUMCEPS = 12, and the 0th
  lifter: 22, //              CEPLIFTER = 22
  deltas: 2, //              the 39 features of MFCC_0_D_A
  normalise: false, //       HTK's _Z is off unless asked for
};

/**
 * Options with their defaults, checked.
 *
 * @throws {CpcArgumentError} naming the first that is out of range.
 */
export function resolveMfccOptions(options: MfccOptions): MfccSettings {
  const sampleRateHz = options.sampleRateHz ?? mfccDefaults.sampleRateHz;
  const settings: MfccSettings = { ...mfccDefaults, highestHz: sampleRateHz / 2, ...withoutUndefined(options) };
  for (const [argument, { expected, holds }] of Object.entries(rules)) {
    if (holds(settings)) continue;
    const received = settings[argument as keyof MfccSettings];
    throw new CpcArgumentError({ where: 'mfcc', argument, expected: `${argument} as ${expected}`, received });
  }
  return settings;
}

interface Rule {
  readonly expected: string;
  readonly holds: (settings: MfccSettings) => boolean;
}

const isCount = (value: number, most: number): boolean => Number.isInteger(value) && value >= 1 && value <= most;

const rules: Readonly<Record<keyof MfccSettings, Rule>> = {
  sampleRateHz: { expected: 'a whole number of Hz from 1 to 1e6', holds: (all) => isCount(all.sampleRateHz, 1e6) },
  hopSamples: { expected: 'a whole number from 1 to 1e6', holds: (all) => isCount(all.hopSamples, 1e6) },
  windowSamples: {
    expected: 'a whole number from 4 to 2^20',
    holds: (all) => isCount(all.windowSamples, 2 ** 20) && all.windowSamples >= 4,
  },
  window: { expected: '"hann" or "hamming"', holds: (all) => ['hann', 'hamming'].includes(all.window) },
  preEmphasis: { expected: 'a number from 0 to below 1', holds: (all) => all.preEmphasis >= 0 && all.preEmphasis < 1 },
  melScale: { expected: '"htk" or "slaney"', holds: (all) => ['htk', 'slaney'].includes(all.melScale) },
  filterCount: { expected: 'a whole number from 1 to 1024', holds: (all) => isCount(all.filterCount, 1024) },
  lowestHz: { expected: 'a number of Hz from 0', holds: (all) => all.lowestHz >= 0 },
  highestHz: {
    expected: 'a number of Hz above lowestHz, at most half the rate',
    holds: (all) => all.highestHz > all.lowestHz && all.highestHz <= all.sampleRateHz / 2,
  },
  coefficientCount: {
    expected: 'a whole number from 1 to filterCount',
    holds: (all) => isCount(all.coefficientCount, all.filterCount),
  },
  lifter: { expected: 'a number from 0', holds: (all) => all.lifter >= 0 && Number.isFinite(all.lifter) },
  deltas: { expected: '0, 1 or 2', holds: (all) => [0, 1, 2].includes(all.deltas) },
  normalise: { expected: 'true or false', holds: (all) => typeof all.normalise === 'boolean' },
};

function withoutUndefined(options: MfccOptions): MfccOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
