/** Whole fits of the probe with one hidden layer, with its defaults, to the frames of the linear probe's case. */
import { createRandom } from '@cpc/base';
import type { BenchmarkCase, CaseInput } from '@cpc/testing';
import { fitMlpProbe } from '../src/classifiers/mlp-probe.js';
import type { LabelledExamples } from '../src/examples/examples.js';
import { drawFrames, frameSizes } from './frames.js';

export interface FitInput extends CaseInput {
  readonly examples: LabelledExamples;
}

export const mlpProbe: BenchmarkCase<FitInput> = {
  name: 'mlp-probe',
  summary: 'one whole fit of the probe with 512 hidden units: 41 classes, 256 features, 100,000 frames (preset paper)',
  timed: true,
  prepare: async ({ preset }) => {
    const examples = drawFrames(frameSizes('bench mlp-probe', preset));
    return { settings: {}, parameters: {}, batches: [], examples };
  },
  ours: ({ examples }, tools) =>
    tools.ownSide('onnx', async (engine) => ({
      step: async () => {
        const started = performance.now();
        const { heldOutLosses, epochs, bestEpoch } = await fitMlpProbe({
          ...examples,
          engine,
          random: createRandom(3),
        });
        const milliseconds = performance.now() - started;
        return { milliseconds, lossNats: heldOutLosses[bestEpoch - 1] ?? Number.NaN, iterations: epochs };
      },
      dispose: async () => undefined,
    })),
};
