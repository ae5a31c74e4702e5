/** The training step with 200,000 words beside the same step with as many as its preset has: a table's length must cost nothing. */
import type { BenchmarkCase, StepInput } from '@cpc/testing';
import { textInput, textSettings } from './text-input.js';

const manyWords = 200_000;

export interface SizesInput extends StepInput {
  /** The same step with many words. */
  readonly long: StepInput;
}

export const vocabularySize: BenchmarkCase<SizesInput> = {
  name: 'text-vocabulary',
  summary: 'one training step of the text model with its own vocabulary, beside the same with 200,000 words',
  timed: true,
  prepare: async ({ preset }) => {
    const settings = textSettings('bench text-vocabulary', preset);
    const sizes = { ...settings, vocabularySize: manyWords };
    return { ...(await textInput(settings)), long: await textInput(sizes, settings.vocabularySize) };
  },
  ours: (input, tools) => tools.trainingStep(input, 'onnx'),
  peer: ({ long }, tools) => tools.trainingStep(long, 'onnx'),
};
