/** A whole training step of the speech model, beside the same step in PyTorch. */
import type { BenchmarkCase, StepInput } from '@cpc/testing';
import { speechInput, speechSettings } from './speech-input.js';

export const trainingStep: BenchmarkCase<StepInput> = {
  name: 'audio',
  summary: 'one training step of the speech model: loss, gradients, Adam',
  timed: true,
  prepare: async ({ preset }) => speechInput(speechSettings('bench audio', preset)),
  ours: (input, tools) => tools.trainingStep(input, 'onnx'),
  peer: (input, tools) => tools.pythonTwin(input, 'packages/audio/benchmarks/training_step.py'),
};
