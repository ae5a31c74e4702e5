/** The training step with 200,000 words beside the same step with as many as its preset has: a table's length must cost nothing. */
import { flatten, type HostArray, type Tree, unflatten } from '@cpc/core';
import type { BenchmarkCase, StepInput } from '../../../benchmarks/src/case.js';
import { textInput, textSettings } from './text-input.js';

const manyWords = 200_000;
const table = 'encoder/words/table';

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
    const short = await textInput(settings);
    const long = await textInput({ ...settings, vocabularySize: manyWords });
    const parameters = withMoreWords(short.parameters, long.parameters);
    return { ...short, long: { ...long, batches: short.batches, parameters } };
  },
  ours: (input, tools) => tools.trainingStep(input, 'onnx'),
  peer: ({ long }, tools) => tools.trainingStep(long, 'onnx'),
};

/** The short model with the long one's further words, which no batch reads: both compute the same. */
function withMoreWords(short: Tree<HostArray>, long: Tree<HostArray>): Tree<HostArray> {
  const own = flatten(short);
  const rows = flatten(long)[table];
  if (rows === undefined) return short;
  const data = Float32Array.from(rows.data);
  data.set(own[table]?.data ?? []);
  return unflatten({ ...own, [table]: { shape: rows.shape, data } });
}
