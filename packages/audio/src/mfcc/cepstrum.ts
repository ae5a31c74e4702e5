/**
 * From log energies of mel filters to cepstral coefficients: a cosine transform, which takes apart what neighbouring filters
 * share.
 *
 * Letters used for shapes here:
 *   T  frames    M  mel filters    C  coefficients
 */
import type { MfccSettings } from './mfcc-options.js';

/**
 * The first C rows of the orthonormal cosine transform (DCT-II), each times its lifter, applied to every frame.
 *
 * Row i is s_i cos(pi i (m + 1/2) / M) with s_0 = sqrt(1 / M), else sqrt(2 / M). The lifter of Juang, Rabiner & Wilpon,
 * 1987, in the form of the HTK Book (section 5.6), multiplies row i by 1 + L / 2 sin(pi i / L), so that coefficients, which
 * fall off with i, come to a like size; it leaves row 0 as it is. (librosa counts from 1: its row i has the factor of our
 * row i + 1.)
 *
 * @param logEnergies - `[T, M]`, row after row; not changed.
 * @returns `[T, C]`, a new array.
 */
export function cepstra(logEnergies: Float64Array, settings: MfccSettings): Float64Array {
  const { filterCount, coefficientCount } = settings;
  const transform = cepstralRows(settings); // [C, M]
  const coefficients = new Float64Array((logEnergies.length / filterCount) * coefficientCount); // [T, C]
  for (let index = 0; index < coefficients.length; index += 1) {
    const row = index % coefficientCount;
    const frame = (index - row) / coefficientCount;
    let sum = 0;
    for (let filter = 0; filter < filterCount; filter += 1)
      sum += (logEnergies[frame * filterCount + filter] ?? 0) * (transform[row * filterCount + filter] ?? 0);
    coefficients[index] = sum;
  }
  return coefficients;
}

/** `[C, M]`. */
function cepstralRows({ filterCount, coefficientCount, lifter }: MfccSettings): Float64Array {
  return Float64Array.from({ length: coefficientCount * filterCount }, (_, index) => {
    const row = Math.floor(index / filterCount);
    const filter = index % filterCount;
    const scale = Math.sqrt((row === 0 ? 1 : 2) / filterCount);
    return lifterFactor(row, lifter) * scale * Math.cos((Math.PI * row * (filter + 0.5)) / filterCount);
  });
}

function lifterFactor(coefficient: number, lifter: number): number {
  return lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * coefficient) / lifter);
}
