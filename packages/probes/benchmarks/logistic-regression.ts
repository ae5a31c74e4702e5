/** Whole fits of the linear probe, beside scikit-learn's with the same solver, penalty and tolerance. */
import { createRandom } from '@cpc/base';
import type { HostArray } from '@cpc/core';
import type { BenchmarkCase, CaseInput, Outcome } from '@cpc/testing';
import { prepareCrossEntropy } from '../src/classifiers/linear-cross-entropy.js';
import { fitLogisticRegression, penalised } from '../src/classifiers/logistic-regression.js';
import type { LabelledExamples } from '../src/examples/examples.js';
import { drawFrames, frameSizes, normals } from './frames.js';

export interface FitInput extends CaseInput {
  readonly settings: {
    /** Inverse penalty, as in `fitLogisticRegression`. */
    readonly c: number;
    /** Both sides end when no entry of the mean objective's gradient is larger. */
    readonly gradientTolerance: number;
  };
  readonly examples: LabelledExamples;
  /** Where value and gradient are compared: `weights` `[C, F]` and `biases` `[C]`. */
  readonly parameters: { readonly weights: HostArray; readonly biases: HostArray };
}

export const logisticRegression: BenchmarkCase<FitInput> = {
  name: 'logistic-regression',
  summary: 'one whole fit of the linear probe: 41 classes, 256 features, 100,000 frames (preset paper)',
  timed: true,
  prepare: async ({ preset }) => {
    const sizes = frameSizes('bench logistic-regression', preset);
    const { features: width, classes } = sizes;
    const examples = drawFrames(sizes);
    const random = createRandom(2);
    return {
      settings: { c: 1, gradientTolerance: 1e-5 },
      examples,
      parameters: {
        weights: { shape: [classes, width], data: normals(classes * width, random).map((value) => value / 10) },
        biases: { shape: [classes], data: normals(classes, random) },
      },
      batches: [{ features: examples.features, labels: { shape: [examples.labels.length], data: examples.labels } }],
    };
  },
  ours: (input, tools) =>
    tools.ownSide('onnx', async (engine) => ({
      check: () => objectiveAt(input, engine),
      step: async () => {
        const started = performance.now();
        const { objective, iterations } = await fitLogisticRegression({ ...input.examples, ...input.settings, engine });
        return { milliseconds: performance.now() - started, lossNats: objective, iterations };
      },
      dispose: async () => undefined,
    })),
  peer: (input, tools) => tools.pythonTwin(input, 'packages/probes/benchmarks/logistic_regression.py', 'scikit-learn'),
};

type Engine = Parameters<typeof prepareCrossEntropy>[0]['engine'];

/** What is minimised, and its gradient, at the point given. */
async function objectiveAt({ examples, settings, parameters }: FitInput, engine: Engine): Promise<Outcome> {
  const { weights, biases } = parameters;
  const exampleWeights = new Float32Array(examples.labels.length).fill(1);
  const split = weights.data.length;
  const crossEntropy = await prepareCrossEntropy({ ...examples, exampleWeights, engine });
  try {
    const started = performance.now();
    const penalty = 1 / (settings.c * crossEntropy.totalWeight);
    const point = Float64Array.from([...weights.data, ...biases.data]);
    const { value, gradient } = await penalised(crossEntropy, point, split, penalty);
    return {
      milliseconds: performance.now() - started,
      lossNats: value,
      gradients: {
        weights: Float32Array.from(gradient.subarray(0, split)),
        biases: Float32Array.from(gradient.subarray(split)),
      },
    };
  } finally {
    await crossEntropy.dispose();
  }
}
