/**
 * Triangular filters that are evenly spaced in mel: how many hertz the ear takes for one step of pitch.
 *
 * Two definitions are in use, and both are here:
 *   htk     mel = 2595 log10(1 + f / 700); every triangle is 1 high. O'Shaughnessy, 1987; the HTK Book, section 5.4.
 *   slaney  mel = f / (200 / 3) up to 1000 Hz, then 27 steps for a factor of 6.4; every triangle has the area 1 Hz.
 *           Slaney, *Auditory Toolbox*, 1998.
 *
 * Departure: HTK draws its triangles with straight sides in mel; ours have straight sides in hertz under either name, as
 * librosa's do. Effect: the sides of a wide triangle bend by a few percent of its height; the corners are the same.
 */
import { CpcArgumentError } from '@cpc/core';

export type MelScale = 'htk' | 'slaney';

/** One filter: what it takes from which bins of a power spectrum. */
export interface MelFilter {
  readonly firstBin: number;
  /** For `firstBin` and those that follow; each >= 0, at least one > 0. */
  readonly weights: Float64Array;
}

export interface MelFilterbankOptions {
  readonly scale: MelScale;
  readonly filterCount: number;
  /** Samples of the transform: bin k stands for k * sampleRateHz / fftSize. */
  readonly fftSize: number;
  readonly sampleRateHz: number;
  /** Left corner of the first triangle. */
  readonly lowestHz: number;
  /** Right corner of the last triangle. */
  readonly highestHz: number;
}

/**
 * The filters, from low to high.
 *
 * @throws {CpcArgumentError} if a filter is so narrow that no bin falls into it.
 */
export function melFilterbank(options: MelFilterbankOptions): MelFilter[] {
  const corners = cornersHz(options);
  return Array.from({ length: options.filterCount }, (_, index) => {
    const [left = 0, centre = 0, right = 0] = corners.slice(index, index + 3);
    const filter = triangle(left, centre, right, options);
    if (filter.weights.some((weight) => weight > 0)) return filter;
    throw new CpcArgumentError({
      where: 'mfcc',
      argument: 'filterCount',
      expected: `so few mel filters that each holds a frequency of the transform, ${binHz(options)} Hz apart`,
      received: `${options.filterCount} filters, of which filter ${index} from ${left.toFixed(1)} to ${right.toFixed(1)} Hz holds none`,
      fix: 'Take fewer filters, or a longer window.',
    });
  });
}

/** `filterCount + 2` frequencies, evenly spaced in mel: filter i rises from the i-th to the next, and falls to the one after. */
function cornersHz({ scale, filterCount, lowestHz, highestHz }: MelFilterbankOptions): number[] {
  const { toMel, toHz } = melScales[scale];
  const lowest = toMel(lowestHz);
  const step = (toMel(highestHz) - lowest) / (filterCount + 1);
  return Array.from({ length: filterCount + 2 }, (_, corner) => toHz(lowest + corner * step));
}

function triangle(left: number, centre: number, right: number, options: MelFilterbankOptions): MelFilter {
  const width = binHz(options);
  const firstBin = Math.ceil(left / width);
  const endBin = Math.min(Math.floor(right / width), options.fftSize / 2) + 1;
  const height = options.scale === 'slaney' ? 2 / (right - left) : 1;
  const weights = Float64Array.from({ length: Math.max(0, endBin - firstBin) }, (_, index) => {
    const hertz = (firstBin + index) * width;
    return height * Math.max(0, Math.min((hertz - left) / (centre - left), (right - hertz) / (right - centre)));
  });
  return { firstBin, weights };
}

function binHz({ sampleRateHz, fftSize }: MelFilterbankOptions): number {
  return sampleRateHz / fftSize;
}

const slaneyBreakHz = 1000;
const slaneyHzPerMel = 200 / 3;
const slaneyBreakMel = slaneyBreakHz / slaneyHzPerMel; // 15
const slaneyLogStep = Math.log(6.4) / 27;

export const melScales: Readonly<
  Record<MelScale, { toMel: (hertz: number) => number; toHz: (mel: number) => number }>
> = {
  htk: {
    toMel: (hertz) => 2595 * Math.log10(1 + hertz / 700),
    toHz: (mel) => 700 * (10 ** (mel / 2595) - 1),
  },
  slaney: {
    toMel: (hertz) =>
      hertz < slaneyBreakHz ? hertz / slaneyHzPerMel : slaneyBreakMel + Math.log(hertz / slaneyBreakHz) / slaneyLogStep,
    toHz: (mel) =>
      mel < slaneyBreakMel ? mel * slaneyHzPerMel : slaneyBreakHz * Math.exp((mel - slaneyBreakMel) * slaneyLogStep),
  },
};
