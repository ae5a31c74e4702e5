/**
 * The power spectrum of real samples, by a fast Fourier transform.
 *
 * Even and odd samples are packed as the real and imaginary parts of half as many complex numbers, which one complex
 * transform of radix 2 handles together; the spectrum of the samples is then read off its symmetric and antisymmetric parts.
 *
 * Letters used for sizes here:
 *   N  samples, a power of 2    H  N / 2
 *
 * Source: Cooley & Tukey, 1965; Press et al., *Numerical Recipes*, section 12.3, for the packing.
 */
import { CpcArgumentError } from '@cpc/core';

/**
 * Writes |X_k|^2 for k = 0 .. N / 2 into `power`, where X_k = sum over n of samples[n] exp(-2 pi i k n / N).
 *
 * @param samples - `[N]`; not changed.
 * @param power - `[N / 2 + 1]`; overwritten.
 */
export type PowerSpectrum = (samples: Float64Array, power: Float64Array) => void;

/** Complex numbers; or, as twiddle factors, cos and sin of 2 pi k / N for k < H. */
interface Complex {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * Prepares the transform of one size; the result may be used any number of times, but not from within itself.
 *
 * @param size - N, a power of 2 from 4 to 2^20.
 * @throws {CpcArgumentError} if it is anything else.
 */
export function createPowerSpectrum(size: number): PowerSpectrum {
  refuseSize(size);
  const half = size / 2;
  const places = bitReversed(half);
  const twiddles = unitCircle(size);
  const packed: Complex = { real: new Float64Array(half), imaginary: new Float64Array(half) };
  return (samples, power) => {
    for (let index = 0; index < half; index += 1) {
      const place = places[index] ?? 0;
      packed.real[index] = samples[2 * place] ?? 0;
      packed.imaginary[index] = samples[2 * place + 1] ?? 0;
    }
    transformInPlace(packed, twiddles);
    unpackPower(packed, twiddles, power);
  };
}

/** Complex transform of numbers that stand in bit-reversed order; the result stands in natural order. */
function transformInPlace({ real, imaginary }: Complex, twiddles: Complex): void {
  const half = real.length;
  for (let length = 2; length <= half; length *= 2) {
    const stride = (2 * half) / length; // twiddles are those of N = 2 H
    for (let start = 0; start < half; start += length) {
      for (let offset = 0; offset < length / 2; offset += 1) {
        const upper = start + offset;
        const lower = upper + length / 2;
        const cos = twiddles.real[offset * stride] ?? 0;
        const sin = twiddles.imaginary[offset * stride] ?? 0;
        const a = real[lower] ?? 0;
        const b = imaginary[lower] ?? 0;
        const turnedReal = a * cos + b * sin; // (a + bi) (cos - i sin)
        const turnedImaginary = b * cos - a * sin;
        const keptReal = real[upper] ?? 0;
        const keptImaginary = imaginary[upper] ?? 0;
        real[upper] = keptReal + turnedReal;
        imaginary[upper] = keptImaginary + turnedImaginary;
        real[lower] = keptReal - turnedReal;
        imaginary[lower] = keptImaginary - turnedImaginary;
      }
    }
  }
}

/** X_k = E_k + exp(-2 pi i k / N) O_k, where E and O are the spectra of the even and the odd samples. */
function unpackPower({ real, imaginary }: Complex, twiddles: Complex, power: Float64Array): void {
  const half = real.length;
  for (let bin = 0; bin <= half; bin += 1) {
    const here = bin % half;
    const mirrored = (half - bin) % half;
    const evenReal = ((real[here] ?? 0) + (real[mirrored] ?? 0)) / 2;
    const evenImaginary = ((imaginary[here] ?? 0) - (imaginary[mirrored] ?? 0)) / 2;
    const oddReal = ((imaginary[here] ?? 0) + (imaginary[mirrored] ?? 0)) / 2;
    const oddImaginary = ((real[mirrored] ?? 0) - (real[here] ?? 0)) / 2;
    const cos = bin === half ? -1 : (twiddles.real[bin] ?? 0);
    const sin = bin === half ? 0 : (twiddles.imaginary[bin] ?? 0);
    power[bin] =
      (evenReal + oddReal * cos + oddImaginary * sin) ** 2 + (evenImaginary + oddImaginary * cos - oddReal * sin) ** 2;
  }
}

function unitCircle(size: number): Complex {
  const angle = (index: number) => (2 * Math.PI * index) / size;
  return {
    real: Float64Array.from({ length: size / 2 }, (_, index) => Math.cos(angle(index))),
    imaginary: Float64Array.from({ length: size / 2 }, (_, index) => Math.sin(angle(index))),
  };
}

/** Each of 0 .. size - 1 with its bits in reverse order. */
function bitReversed(size: number): Uint32Array {
  const reversed = new Uint32Array(size);
  for (let index = 1; index < size; index += 1) {
    reversed[index] = ((reversed[index >> 1] ?? 0) >> 1) | (index % 2 === 1 ? size / 2 : 0);
  }
  return reversed;
}

function refuseSize(size: number): void {
  if (Number.isInteger(Math.log2(size)) && size >= 4 && size <= 2 ** 20) return;
  throw new CpcArgumentError({
    where: 'createPowerSpectrum',
    argument: 'size',
    expected: 'a power of 2 from 4 to 2^20',
    received: size,
  });
}
