/** Our side of a case: a domain's training step on one of our engines, in this process. */
import { createTrainingStep, type Engine, type TrainingStep } from '@cpc/core';
import type { Contestant, Outcome, StepInput } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { batchOfStep } from './hand-over.js';
import { peakMemoryBytes } from './memory.js';

/** Traces and loads the step. */
export async function trainingStepContestant(input: StepInput, engine: Engine): Promise<Contestant> {
  const { domain, optimiser, parameters, clipNorm } = input;
  const clip = clipNorm > 0 ? { clipNorm } : {};
  const step = await createTrainingStep({ domain, optimiser, parameters, engine, ...clip });
  return {
    name: `@cpc, ${engine.note}`,
    versions: { node: process.versions.node, '@tensorflow/tfjs': tf.version.tfjs },
    prepareMilliseconds: step.prepareMilliseconds,
    notes: {},
    check: (number) => outcomeOf(step, input, number),
    step: async (number) => {
      const batch = batchOfStep(input, number);
      const started = performance.now();
      const { lossNats } = await step.run(batch, number);
      return { milliseconds: performance.now() - started, lossNats };
    },
    peakMemoryBytes: async () => peakMemoryBytes(),
    dispose: step.dispose,
  };
}

async function outcomeOf(step: TrainingStep, input: StepInput, number: number): Promise<Outcome> {
  const started = performance.now();
  const { gradients, metrics } = await step.gradients(batchOfStep(input, number));
  return {
    milliseconds: performance.now() - started,
    lossNats: Number(metrics.loss?.data[0]),
    gradients: Object.fromEntries(
      Object.entries(gradients).map(([name, { data }]) => [name, Float32Array.from(data)]), // the step reuses its own
    ),
  };
}
