/** How loud the encoder hears: the paper does not say. */
import type { SpeechSettings } from './presets.js';

/** Below this standard deviation (about -60 dB) a window is taken for silence and not blown up further. */
const quietest = 1e-3;

/**
 * Scales samples in place.
 *
 * @param samples - one window or one whole recording; in [-1, 1).
 * @param scaling - `unit-variance` removes the mean and divides by the standard deviation, `none` does nothing.
 */
export function scaleInput(samples: Float32Array, scaling: SpeechSettings['inputScaling']): void {
  if (scaling === 'none' || samples.length === 0) return;
  let sum = 0;
  let squares = 0;
  for (const sample of samples) {
    sum += sample;
    squares += sample * sample;
  }
  const mean = sum / samples.length;
  const deviation = Math.sqrt(Math.max(0, squares / samples.length - mean * mean));
  const factor = 1 / Math.max(deviation, quietest);
  for (const [index, sample] of samples.entries()) samples[index] = (sample - mean) * factor;
}
