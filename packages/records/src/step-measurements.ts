/**
 * What is measured on a training step. Events and metrics lines both carry it, so it is said once, here.
 *
 * Letters used for shapes here:
 *   K  prediction steps: entry i belongs to the target `firstPredictionStep + i` positions ahead
 */
import { z } from 'zod';

export const stepMeasurementsSchema = z.object({
  /** counted from 1: the number of updates made, this one included */
  step: z.int().min(0),
  /** mean InfoNCE over the K prediction steps */
  lossNats: z.number(),
  /** [K] fraction of line-ups in which the true future scores highest */
  accuracy: z.array(z.number().min(0).max(1)),
  /** [K] lower bound on the mutual information of context and future: ln M - loss */
  boundNats: z.array(z.number()),
  /** how far ahead the nearest target lies, in positions */
  firstPredictionStep: z.int().min(1),
  /** L2 norm of the whole gradient, before clipping */
  gradientNorm: z.number().min(0),
  learningRate: z.number().min(0),
  stepMilliseconds: z.number().min(0),
  /** how long the step waited for its batch */
  inputWaitMilliseconds: z.number().min(0),
  examplesPerSecond: z.number().min(0),
  /** time spent training, over all sittings of the run */
  trainedSeconds: z.number().min(0),
});

/** What is measured on a training step. */
export type StepMeasurements = z.infer<typeof stepMeasurementsSchema>;

/** True if accuracy and bound speak of the same prediction steps. */
export function sameSteps({ accuracy, boundNats }: Pick<StepMeasurements, 'accuracy' | 'boundNats'>): boolean {
  return accuracy.length === boundNats.length;
}

export const sameStepsMessage = 'expected accuracy and boundNats to have one entry each per prediction step';
