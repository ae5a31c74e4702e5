/**
 * Log energies of mel filters, frame by frame: pre-emphasis, window, power spectrum, filters, logarithm.
 *
 * Frame t is centred on sample `hop * t + hop / 2`, as latent t of the encoder is; beyond both ends there is silence.
 *
 * Letters used for shapes here:
 *   T  frames, floor(samples / hop)    M  mel filters
 */
import { melFilterbank } from './mel-filterbank.js';
import type { MfccSettings } from './mfcc-options.js';
import { createPowerSpectrum } from './power-spectrum.js';

/** Filters hear at least this power: less than the rounding of 16 bit samples makes, so that digital silence has a logarithm. */
const leastPower = 1e-10;

/**
 * Natural logarithms of what the mel filters hear.
 *
 * @param samples - mono, within [-1, 1); not changed.
 * @returns `[T, M]`, row after row; a new array.
 */
export function logMelEnergies(samples: Float32Array, settings: MfccSettings): Float64Array {
  const fftSize = 2 ** Math.ceil(Math.log2(settings.windowSamples));
  const filters = melFilterbank({ ...settings, scale: settings.melScale, fftSize });
  const readFrame = frameReader(emphasise(samples, settings.preEmphasis), settings);
  const spectrum = createPowerSpectrum(fftSize);
  const frame = new Float64Array(fftSize); // the window, then zeros
  const power = new Float64Array(fftSize / 2 + 1);
  const energies = new Float64Array(Math.floor(samples.length / settings.hopSamples) * filters.length); // [T, M]
  for (let row = 0; row * filters.length < energies.length; row += 1) {
    readFrame(row, frame);
    spectrum(frame, power);
    for (const [column, { firstBin, weights }] of filters.entries()) {
      let heard = 0;
      for (let index = 0; index < weights.length; index += 1)
        heard += (weights[index] ?? 0) * (power[firstBin + index] ?? 0);
      energies[row * filters.length + column] = Math.log(Math.max(leastPower, heard));
    }
  }
  return energies;
}

/** x[n] - a x[n - 1]; before the first sample there is silence. */
function emphasise(samples: Float32Array, a: number): Float64Array {
  const emphasised = new Float64Array(samples.length);
  for (let index = 0; index < samples.length; index += 1)
    emphasised[index] = (samples[index] ?? 0) - a * (samples[index - 1] ?? 0);
  return emphasised;
}

/** Writes frame t, times the window, to the beginning of an array. */
function frameReader(samples: Float64Array, settings: MfccSettings): (t: number, frame: Float64Array) => void {
  const { hopSamples, windowSamples } = settings;
  const weights = windowWeights(settings);
  const lead = Math.floor((hopSamples - windowSamples) / 2); // the window's centre is the hop's
  return (t, frame) => {
    const start = t * hopSamples + lead;
    for (let index = 0; index < windowSamples; index += 1)
      frame[index] = (samples[start + index] ?? 0) * (weights[index] ?? 0);
  };
}

/** Periodic: the peak is sample `windowSamples / 2`, and the first sample has no mirror image. */
function windowWeights({ window, windowSamples }: MfccSettings): Float64Array {
  const base = window === 'hann' ? 0.5 : 0.54;
  return Float64Array.from(
    { length: windowSamples },
    (_, index) => base - (1 - base) * Math.cos((2 * Math.PI * index) / windowSamples),
  );
}
