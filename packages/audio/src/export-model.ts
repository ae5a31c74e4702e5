/** A trained speech model as ONNX files that take any batch and any length. */
import { exportOnnx } from '@cpc/compile';
import { constantTensors, type HostArray, type Tree } from '@cpc/core';
import type * as tf from '@tensorflow/tfjs';
import { contextualise, encode, encoderHop, finalContext } from './model.js';
import type { SpeechSettings } from './presets.js';

export interface SpeechModelParts {
  readonly settings: SpeechSettings;
  /** As a loaded run has them; predictors are not exported. */
  readonly parameters: Tree<HostArray>;
  /** Stored in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** `waveform [batch, samples] -> latents [batch, samples/160, D]`; samples a multiple of the hop. */
export function exportEncoder(parts: SpeechModelParts): Uint8Array {
  return exportOnnx(
    ({ waveform }) => ({ latents: encode(parts.settings, constantTensors(parts.parameters), waveform as tf.Tensor2D) }),
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
    { name: 'cpc-audio-context', axes: { batch: { example: 2 }, frames: { example: 20 } }, metadata: described(parts) },
  );
}

/** Both in one file: `waveform, state -> latents, contexts, final_state`. Start a recording with a state of zeros. */
export function exportSpeechModel(parts: SpeechModelParts): Uint8Array {
  return exportOnnx(
    ({ waveform, state }) => {
      const parameters = constantTensors(parts.parameters);
      const latents = encode(parts.settings, parameters, waveform as tf.Tensor2D);
      return { latents, ...withFinalState(contextualise(parameters, latents, state as tf.Tensor2D)) };
    },
    {
      waveform: { shape: ['batch', 'samples'], dtype: 'float32' },
      state: { shape: ['batch', parts.settings.contextUnits], dtype: 'float32' },
    },
    { name: 'cpc-audio', axes: { batch: { example: 2 }, samples: samplesAxis(parts) }, metadata: described(parts) },
  );
}

/** What a user of the file must know to feed it. */
function described({ settings, metadata }: SpeechModelParts): Record<string, string> {
  return {
    ...metadata,
    sampleRateHz: '16000',
    hopSamples: String(encoderHop(settings.layers)),
    inputScaling: settings.inputScaling,
  };
}

function samplesAxis({ settings }: SpeechModelParts) {
  const hop = encoderHop(settings.layers);
  return { example: 20 * hop, multipleOf: hop };
}

function withFinalState(contexts: tf.Tensor3D): { contexts: tf.Tensor; final_state: tf.Tensor } {
  return { contexts, final_state: finalContext(contexts) };
}
