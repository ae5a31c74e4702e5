/** A whole training step of the speech model, beside the same step in PyTorch. */
import { type SpeechSettings, speechPresets } from '@cpc/audio';
import { CpcArgumentError } from '@cpc/core';
import type { BenchmarkCase, StepInput } from '../../../benchmarks/src/case.js';
import { speechInput } from './speech-input.js';

export const trainingStep: BenchmarkCase<StepInput> = {
  name: 'audio',
  summary: 'one training step of the speech model: loss, gradients, Adam',
  timed: true,
  prepare: async ({ preset }) => speechInput(settingsOf(preset)),
  ours: (input, tools) => tools.trainingStep(input, 'onnx'),
  peer: (input, tools) => tools.pythonTwin(input, 'packages/audio/benchmarks/training_step.py'),
};

function settingsOf(preset: string): SpeechSettings {
  const settings = new Map<string, SpeechSettings>(Object.entries(speechPresets)).get(preset);
  if (settings !== undefined) return settings;
  throw new CpcArgumentError({
    where: 'bench audio',
    argument: '--preset',
    expected: `one of ${Object.keys(speechPresets).join(', ')}`,
    received: preset,
  });
}
