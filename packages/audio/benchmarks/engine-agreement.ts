/** The speech model's step in the traced graph beside the same functions run one by one in plain JavaScript. */

import type { BenchmarkCase, StepInput } from '@cpc/testing';
import { paperPreset, type SpeechSettings } from '../src/presets.js';
import { speechInput } from './speech-input.js';

/** Small enough for plain JavaScript: about 1/10,000 of the paper's step. */
const settings: SpeechSettings = {
  ...paperPreset,
  channels: 32,
  contextUnits: 24,
  windowSamples: 4_800, // 30 latents
  batchSize: 3,
  negativeCount: 16,
};

export const engineAgreement: BenchmarkCase<StepInput> = {
  name: 'audio-engines',
  summary: 'loss and gradients of a small speech model on the engines onnx and cpu',
  timed: false,
  prepare: () => speechInput(settings),
  ours: (input, tools) => tools.trainingStep(input, 'onnx'),
  peer: (input, tools) => tools.trainingStep(input, 'cpu'),
};
