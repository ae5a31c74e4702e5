/**
 * Mel-frequency cepstral coefficients: the features of speech recognition before there were learnt ones, and a row of the
 * paper's table 1.
 *
 * pre-emphasis, frames, power spectrum, mel filters, log (`log-mel.ts`) -> cosine transform (`cepstrum.ts`) -> deltas
 * (`deltas.ts`) -> normalisation
 *
 * Frames lie as the encoder's latents do: frame t is centred on sample `hop * t + hop / 2` (160 t + 80), there are
 * floor(samples / hop) of them, and beyond both ends the recording counts as silence. So a label of latent t is a label of
 * frame t.
 *
 * Letters used for shapes here:
 *   T  frames    C  coefficients    F  features of a frame: C, 2 C or 3 C
 *
 * Source: Davis & Mermelstein, 1980; Young et al., *The HTK Book*, version 3.4, chapter 5. Departures from HTK: it
 * emphasises each frame by itself (we the recording, so that a frame's first sample needs no rule), filters magnitudes (we
 * powers), has a symmetric window (ours is periodic, so that its peak is a sample) and a 0th coefficient that is larger by
 * sqrt 2 (ours is of the orthonormal transform). Effect: numbers differ, by little but a scale; a linear probe on
 * standardised features hardly sees it.
 */
import { CpcArgumentError, type HostArray } from '@cpc/core';
import { cepstra } from './cepstrum.js';
import { deltas, sideBySide } from './deltas.js';
import { logMelEnergies } from './log-mel.js';
import { type MfccOptions, resolveMfccOptions } from './mfcc-options.js';

/** A feature that varies less than this over a recording is taken for constant, and becomes 0 when normalised. */
const leastDeviation = 1e-8;

/**
 * MFCCs of a recording, of natural logarithms (librosa's are of decibels: these times 10 / ln 10).
 *
 * @param samples - mono, within [-1, 1); at least one hop long; not changed.
 * @param options - the default is 39 features every 10 ms at 16 kHz: 13 coefficients, their deltas and double deltas, without
 *   normalisation; `mfcc-options.ts` says where each value comes from.
 * @returns `[T, F]` float32 with T = floor(samples / hop) and F = C (1 + deltas); the caller owns it.
 * @throws {CpcArgumentError} if there is no whole hop, an option is out of range, or a filter is too narrow for the window.
 *
 * @example
 * const features = mfcc(await corpus.read(0), { normalise: true }); // [T, 39]
 */
export function mfcc(samples: Float32Array, options: MfccOptions = {}): HostArray {
  const settings = resolveMfccOptions(options);
  refuseShort(samples, settings.hopSamples);
  const width = settings.coefficientCount;
  let newest = cepstra(logMelEnergies(samples, settings), settings); // [T, C]
  const tables = [newest];
  for (let order = 1; order <= settings.deltas; order += 1) {
    newest = deltas(newest, width); // [T, C]
    tables.push(newest);
  }
  const features = sideBySide(tables, width); // [T, F]
  const featureCount = width * tables.length;
  if (settings.normalise) normaliseColumns(features, featureCount);
  return { shape: [features.length / featureCount, featureCount], data: Float32Array.from(features) };
}

/** Mean 0 and deviation 1 in each column, in place. */
function normaliseColumns(features: Float64Array, width: number): void {
  const rows = features.length / width;
  for (let column = 0; column < width; column += 1) {
    const sumOf = (term: (value: number) => number): number => {
      let sum = 0;
      for (let at = column; at < features.length; at += width) sum += term(features[at] ?? 0);
      return sum;
    };
    const mean = sumOf((value) => value) / rows;
    const deviation = Math.sqrt(sumOf((value) => (value - mean) ** 2) / rows);
    const factor = deviation < leastDeviation ? 0 : 1 / deviation;
    for (let at = column; at < features.length; at += width) features[at] = ((features[at] ?? 0) - mean) * factor;
  }
}

function refuseShort(samples: Float32Array, hopSamples: number): void {
  if (samples.length >= hopSamples) return;
  throw new CpcArgumentError({
    where: 'mfcc',
    argument: 'samples',
    expected: `at least ${hopSamples} samples (one frame)`,
    received: samples.length,
  });
}
