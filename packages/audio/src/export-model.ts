/** A trained speech model as ONNX files that take any batch and any length. */
import { exportOnnx } from '@cpc/compile';
import { constantTensors, type HostArray, type Tree } from '@cpc/core';
import type * as tf from '@tensorflow/tfjs';
import { scaledWaveforms } from './input-scaling.js';
import { contextualise, encode, encoderHop, finalContext } from './model.js';
import type { SpeechSettings } from './presets.js';

export interface SpeechModelParts {
  readonly settings: SpeechSettings;
  /** As a loaded run has them; predictors are not exported. */
  readonly parameters: Tree<HostArray>;
  /**
   * Whether a file of a model with `unit-variance` input scales waveforms itself, each by its own mean and deviation (default), or
   * leaves that to who feeds it: for streams, whose level the caller has to choose.
   */
  readonly scalesInput?: boolean;
  /** Stored in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** `waveform [batch, samples] -> latents [batch, floor(samples/160), D]`; at least one hop of samples. */
export function exportEncoder(parts: SpeechModelParts): Uint8Array {
  return exportOnnx(
    ({ waveform }) => ({
      latents: encode(parts.settings, constantTensors(parts.parameters), heard(parts, waveform as tf.Tensor2D)),
    }),
    { waveform: { shape: ['batch', 'samples'], dtype: 'float32' } },
    {
      name: 'cpc-audio-encoder',
      axes: { batch: { example: 2 }, samples: samplesAxis(parts) },
      metadata: described(parts),
    },
  );
}

/** `latents [batch, frames, D], state [batch, H] -> contexts [batch, frames, H], final_state [batch, H]`. */
export function exportContext(parts: SpeechModelParts): Uint8Array {
  const { channels, contextUnits } = parts.settings;
  return exportOnnx(
    ({ latents, state }) =>
      withFinalState(contextualise(constantTensors(parts.parameters), latents as tf.Tensor3D, state as tf.Tensor2D)),
    {
      latents: { shape: ['batch', 'frames', channels], dtype: 'float32' },
      state: { shape: ['batch', contextUnits], dtype: 'float32' },
    },
    { name: 'cpc-audio-context', axes: { batch: { example: 2 }, frames: { example: 20 } }, metadata: facts(parts) },
  );
}

/** Both in one file: `waveform, state -> latents, contexts, final_state`. Start a recording with a state of zeros. */
export function exportSpeechModel(parts: SpeechModelParts): Uint8Array {
  return exportOnnx(
    ({ waveform, state }) => {
      const parameters = constantTensors(parts.parameters);
      const latents = encode(parts.settings, parameters, heard(parts, waveform as tf.Tensor2D));
      return { latents, ...withFinalState(contextualise(parameters, latents, state as tf.Tensor2D)) };
    },
    {
      waveform: { shape: ['batch', 'samples'], dtype: 'float32' },
      state: { shape: ['batch', parts.settings.contextUnits], dtype: 'float32' },
    },
    { name: 'cpc-audio', axes: { batch: { example: 2 }, samples: samplesAxis(parts) }, metadata: described(parts) },
  );
}

/** What the encoder hears of a waveform. */
function heard(parts: SpeechModelParts, waveform: tf.Tensor2D): tf.Tensor2D {
  return scalesInput(parts) ? scaledWaveforms(waveform, encoderHop(parts.settings.layers)) : waveform;
}

function scalesInput({ settings, scalesInput: wanted = true }: SpeechModelParts): boolean {
  return wanted && settings.inputScaling === 'unit-variance';
}

function samplesAxis(parts: SpeechModelParts) {
  const hop = encoderHop(parts.settings.layers);
  if (scalesInput(parts)) return { example: 20 * hop + Math.floor(hop / 3), atLeast: hop };
  return { example: 20 * hop, multipleOf: hop, atLeast: hop };
}

function facts({ settings, metadata }: SpeechModelParts): Record<string, string> {
  return { ...metadata, sampleRateHz: '16000', hopSamples: String(encoderHop(settings.layers)) };
}

/** What a user of the file must know to feed it. */
function described(parts: SpeechModelParts): Record<string, string> {
  const { inputScaling } = parts.settings;
  return { ...facts(parts), inputScaling, scaledBy: scaledBy(parts), input: inputInWords(parts) };
}

function scaledBy(parts: SpeechModelParts): 'nobody' | 'model' | 'caller' {
  if (parts.settings.inputScaling === 'none') return 'nobody';
  return scalesInput(parts) ? 'model' : 'caller';
}

function inputInWords(parts: SpeechModelParts): string {
  const hop = encoderHop(parts.settings.layers);
  const whole = `waveform: mono at 16 kHz, samples from -1 to 1, at least ${hop} of them`;
  const rule = 'subtract the mean of the recording, then divide by the larger of its standard deviation and 0.001';
  const ways = {
    nobody: `${whole}, a multiple of ${hop}. Not scaled.`,
    model: `${whole}; those behind the last multiple of ${hop} are left out. The model scales every waveform itself: ${rule}.`,
    caller: `${whole}, a multiple of ${hop}. Scale before: ${rule}; for a stream, the level of what has been heard so far.`,
  };
  return ways[scaledBy(parts)];
}

function withFinalState(contexts: tf.Tensor3D): { contexts: tf.Tensor; final_state: tf.Tensor } {
  return { contexts, final_state: finalContext(contexts) };
}
