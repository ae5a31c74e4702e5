/**
 * A two-pole resonator: one formant, or one band of noise.
 *
 * Source: Klatt, JASA 67, 1980, section I-C: y(n) = A x(n) + B y(n-1) + C y(n-2).
 */

/** A resonator with its state. */
export interface Resonator {
  /** Retunes it to gain 1 at 0 Hz, as a formant of a cascade needs. */
  tuneFormant(frequencyHz: number, bandwidthHz: number): void;
  /** Retunes it so that white noise keeps its power, as a band of noise needs; takes `x(n) - x(n-2)` as its input. */
  tuneNoise(frequencyHz: number, bandwidthHz: number): void;
  /** The next output. */
  filter(input: number): number;
}

/** Makes a silent resonator for `sampleRateHz`; tune it before use. */
export function createResonator(sampleRateHz: number): Resonator {
  let gain = 1;
  let first = 0; // B
  let second = 0; // C
  let previous = 0; // y(n-1)
  let beforePrevious = 0; // y(n-2)
  const tune = (frequencyHz: number, bandwidthHz: number): void => {
    const radius = Math.exp((-Math.PI * bandwidthHz) / sampleRateHz);
    second = -radius * radius;
    first = 2 * radius * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  };
  return {
    tuneFormant(frequencyHz, bandwidthHz) {
      tune(frequencyHz, bandwidthHz);
      gain = 1 - first - second;
    },
    tuneNoise(frequencyHz, bandwidthHz) {
      tune(frequencyHz, bandwidthHz);
      // Power gain of two poles on x(n) - x(n-2) for white x: 2 / (1 + C), wherever the band lies.
      gain = Math.sqrt((1 + second) / 2);
    },
    filter(input) {
      const output = gain * input + first * previous + second * beforePrevious;
      beforePrevious = previous;
      previous = output;
      return output;
    },
  };
}
