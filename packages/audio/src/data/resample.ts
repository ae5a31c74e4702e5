/**
 * Band-limited change of sample rate by a polyphase filter: a Kaiser-windowed sinc, one set of taps per output phase.
 *
 * Output sample n stands at input time n * M / L, where L / M is the ratio of the rates in lowest terms; the filter is
 * centred there, so nothing is delayed. Before the first and after the last sample the input is taken as 0.
 *
 * Source: Crochiere & Rabiner, *Multirate Digital Signal Processing*, 1983; Kaiser, 1974, for the window.
 */
import { CpcArgumentError } from '@cpc/core';

/** Settings of the filter; frequencies as a fraction of the lower of the two Nyquist frequencies. */
const filter = {
  cutoff: 0.95, //        ours: -6 dB here, flat to 0.1 % below 0.9
  transition: 0.1, //     ours: from 0.9 to 1.0, so that nothing folds back
  attenuationDecibels: 80, // ours: below the noise of 13 bit audio
};

/** Rates whose ratio in lowest terms has large parts need long tables; up to 48 kHz every rate needs fewer taps than this. */
const mostTaps = 2 ** 23; // 64 MiB

/** Turns samples at one rate into samples at another; `[n]` becomes `[round(n * to / from)]`, a new array. */
export interface Resampler {
  (samples: Float32Array): Float32Array;
  /**
   * Which samples a part of the output is made from: `[begin, end)` of an input of `length` samples, for output samples
   * `[start, stop)`.
   */
  readonly inputRange: (start: number, stop: number, length: number) => [begin: number, end: number];
  /**
   * A part of the output from a part of the input, bit for bit as in one piece.
   *
   * @param samples - the input from `begin` on, at least what `inputRange` asks for.
   * @returns output samples `[start, stop)`, a new array.
   */
  readonly part: (samples: Float32Array, begin: number, start: number, stop: number) => Float32Array;
}

/**
 * Prepares a change of sample rate; the result may be used for any number of recordings.
 *
 * @param fromHz - rate of the input, a whole number from 1,000 to 384,000.
 * @param toHz - rate of the output, likewise.
 * @returns a function that owns nothing it is given; equal rates copy.
 * @throws {CpcArgumentError} if a rate is not a whole number in that range, or above 48 kHz and in no simple ratio to the
 *   other.
 *
 * @example
 * const to16kHz = createResampler(44_100, 16_000);
 * const speech = to16kHz(samples); // round(n * 160 / 441) samples
 */
export function createResampler(fromHz: number, toHz: number): Resampler {
  refuseRate('fromHz', fromHz);
  refuseRate('toHz', toHz);
  if (fromHz === toHz) return copier;
  refuseLongTable(fromHz, toHz);
  const { phases, step } = lowestTerms(fromHz, toHz);
  const taps = designTaps(phases, step);
  /** The first input sample that an output sample hears. */
  const firstHeard = (index: number) => Math.floor((index * step) / phases) - taps.half;
  const part: Resampler['part'] = (samples, begin, start, stop) => {
    const output = new Float32Array(stop - start);
    for (let index = 0; index < output.length; index += 1) {
      const phase = ((start + index) * step) % phases; // in units of 1 / L input samples
      output[index] = dot(taps.values, phase * taps.count, samples, firstHeard(start + index) - begin, taps.count);
    }
    return output;
  };
  const whole = (samples: Float32Array) => part(samples, 0, 0, Math.round((samples.length * phases) / step));
  const inputRange: Resampler['inputRange'] = (start, stop, length) => [
    Math.min(length, Math.max(0, firstHeard(start))),
    Math.max(0, Math.min(length, firstHeard(stop - 1) + taps.count)),
  ];
  return Object.assign(whole, { part, inputRange });
}

/** Between equal rates. */
const copier: Resampler = Object.assign((samples: Float32Array) => samples.slice(), {
  inputRange: (start: number, stop: number): [number, number] => [start, stop],
  part: (samples: Float32Array, begin: number, start: number, stop: number) =>
    samples.slice(start - begin, stop - begin),
});

/** As `createResampler(fromHz, toHz)(samples)`, for one recording. */
export function resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  return createResampler(fromHz, toHz)(samples);
}

/** True if `createResampler` takes these rates. */
export function canResample(fromHz: number, toHz: number): boolean {
  return isRate(fromHz) && isRate(toHz) && (fromHz === toHz || tableLength(fromHz, toHz) <= mostTaps);
}

/** L / M, the ratio of the rates in lowest terms. */
function lowestTerms(fromHz: number, toHz: number): { readonly phases: number; readonly step: number } {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  return { phases: toHz / divisor, step: fromHz / divisor };
}

function tableLength(fromHz: number, toHz: number): number {
  const { phases, step } = lowestTerms(fromHz, toHz);
  return phases * (2 * Math.ceil(halfWidthOf(phases, step)) + 1);
}

/** Input samples on either side of the centre that the filter reaches. */
function halfWidthOf(phases: number, step: number): number {
  // Kaiser's estimate: taps = (A - 8) / (2.285 * transition width in radians per sample).
  return (filter.attenuationDecibels - 8) / (2.285 * filter.transition * Math.PI * lowerNyquistOf(phases, step)) / 2;
}

/** As a fraction of the input's Nyquist frequency. */
function lowerNyquistOf(phases: number, step: number): number {
  return Math.min(1, phases / step);
}

interface Taps {
  /** `[L * count]`: the taps of phase 0, then of phase 1, and so on. */
  readonly values: Float64Array;
  readonly count: number;
  /** Input samples that lie before the centre. */
  readonly half: number;
}

function designTaps(phases: number, step: number): Taps {
  const lowerNyquist = lowerNyquistOf(phases, step);
  const halfWidth = halfWidthOf(phases, step);
  const half = Math.ceil(halfWidth);
  const count = 2 * half + 1;
  const values = new Float64Array(phases * count);
  for (let phase = 0; phase < phases; phase += 1) {
    const row = values.subarray(phase * count, (phase + 1) * count);
    for (let tap = 0; tap < count; tap += 1) {
      const distance = tap - half - phase / phases; // in input samples, from the output's time
      row[tap] = sinc(filter.cutoff * lowerNyquist * distance) * kaiser(distance / halfWidth);
    }
    const sum = row.reduce((total, value) => total + value, 0);
    for (let tap = 0; tap < count; tap += 1) row[tap] = (row[tap] ?? 0) / sum; // a constant stays itself in every phase
  }
  return { values, count, half };
}

function dot(taps: Float64Array, tapsFrom: number, samples: Float32Array, samplesFrom: number, count: number): number {
  const first = Math.max(0, -samplesFrom);
  const end = Math.min(count, samples.length - samplesFrom);
  let sum = 0;
  for (let tap = first; tap < end; tap += 1) sum += (taps[tapsFrom + tap] ?? 0) * (samples[samplesFrom + tap] ?? 0);
  return sum;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

const kaiserBeta = 0.1102 * (filter.attenuationDecibels - 8.7); // Kaiser's fit for attenuations above 50 dB

/** Kaiser's window at `position` from -1 to 1; 0 outside. */
function kaiser(position: number): number {
  if (Math.abs(position) > 1) return 0;
  return besselI0(kaiserBeta * Math.sqrt(1 - position * position)) / besselI0(kaiserBeta);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let order = 1; term > sum * 1e-16; order += 1) {
    term *= (x / (2 * order)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function isRate(rateHz: number): boolean {
  return Number.isInteger(rateHz) && rateHz >= 1_000 && rateHz <= 384_000;
}

function refuseLongTable(fromHz: number, toHz: number): void {
  if (canResample(fromHz, toHz)) return;
  const { phases, step } = lowestTerms(fromHz, toHz);
  throw new CpcArgumentError({
    argument: 'fromHz',
    where: 'createResampler',
    expected: 'rates in a simple ratio, such as 96000 to 16000 (6 to 1), or up to 48000',
    received: `${fromHz} to ${toHz}, ${step} to ${phases}`,
  });
}

function refuseRate(argument: string, rateHz: number): void {
  if (isRate(rateHz)) return;
  throw new CpcArgumentError({
    argument,
    where: 'createResampler',
    expected: `${argument} as a whole number of Hz from 1000 to 384000`,
    received: rateHz,
  });
}
