/** How loud the encoder hears: the paper does not say. */
import * as tf from '@tensorflow/tfjs';
import type { SpeechSettings } from './presets.js';

/** Below this standard deviation (about -60 dB) a window is taken for silence and not blown up further. */
const quietest = 1e-3;

/** What is taken off every sample, and what it is then multiplied with. */
export interface InputLevel {
  readonly mean: number;
  readonly factor: number;
}

/** Measures samples that come in parts. */
export interface LevelMeter {
  readonly add: (samples: Float32Array) => void;
  /** Of all samples added so far. */
  readonly level: () => InputLevel;
}

/** @param scaling - `unit-variance` asks for mean 0 and standard deviation 1, `none` for the samples as they are. */
export function createLevelMeter(scaling: SpeechSettings['inputScaling']): LevelMeter {
  let count = 0;
  let sum = 0;
  let squares = 0;
  return {
    add: (samples) => {
      if (scaling === 'none') return;
      count += samples.length;
      for (const sample of samples) {
        sum += sample;
        squares += sample * sample;
      }
    },
    level: () => {
      if (count === 0) return { mean: 0, factor: 1 };
      const mean = sum / count;
      const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
      return { mean, factor: 1 / Math.max(deviation, quietest) };
    },
  };
}

/** Scales samples in place. */
export function applyLevel(samples: Float32Array, { mean, factor }: InputLevel): void {
  if (mean === 0 && factor === 1) return;
  for (let index = 0; index < samples.length; index++) samples[index] = ((samples[index] ?? 0) - mean) * factor;
}

/**
 * Scales one window in place by its own mean and deviation.
 *
 * Training scales every window by itself; a recording in use is scaled as a whole (`features.ts`), so that its frames can be
 * compared with one another. A frame in use therefore depends on the loudness of the whole recording, also of what follows.
 */
export function scaleInput(samples: Float32Array, scaling: SpeechSettings['inputScaling']): void {
  const meter = createLevelMeter(scaling);
  meter.add(samples);
  applyLevel(samples, meter.level());
}

/**
 * Traced: `[B, N]` to `[B, 160 floor(N / 160)]` for a hop of 160, every waveform scaled by its own level as `extract` does.
 *
 * @param hop - samples a frame; what lies behind the last whole frame is left out and does not count.
 */
export function scaledWaveforms(waveforms: tf.Tensor2D, hop: number): tf.Tensor2D {
  const [batch, samples] = waveforms.shape;
  const frames = tf.avgPool(tf.reshape(waveforms, [batch, samples, 1, 1]) as tf.Tensor4D, [hop, 1], [hop, 1], 'valid'); // [B, T, 1, 1]
  const mean = tf.mean(tf.reshape(frames, [batch, -1]), 1, true); // [B, 1]
  const centred = tf.sub(tf.slice(waveforms, [0, 0], [batch, frames.shape[1] * hop]), mean);
  const deviation = tf.sqrt(tf.mean(tf.square(centred), 1, true)); // [B, 1]
  return tf.div(centred, tf.maximum(deviation, quietest));
}
