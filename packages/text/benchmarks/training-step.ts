/** A whole training step of the text model, beside the same step in PyTorch. */
import type { BenchmarkCase } from '@cpc/testing';
import { paddedBatch } from './padded-batch.js';
import { type TextStepInput, textInput, textSettings } from './text-input.js';

export const trainingStep: BenchmarkCase<TextStepInput> = {
  name: 'text',
  summary: 'one training step of the text model: loss, gradients, Adam',
  timed: true,
  prepare: async ({ preset }) => textInput(textSettings('bench text', preset)),
  ours: (input, tools) => tools.trainingStep(input, 'onnx'),
  peer: (input, tools) =>
    tools.pythonTwin(
      { ...input, batches: input.batches.map((batch) => paddedBatch(batch, input.settings.maxWords)) },
      'packages/text/benchmarks/training_step.py',
    ),
};
