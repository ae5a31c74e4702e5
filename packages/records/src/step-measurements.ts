/**
 * What is measured on a training step. Events and metrics lines both carry it, so it is said once, here.
 *
 * Letters used for shapes here:
 *   K  prediction steps: entry i belongs to the target `offsetsOf(measured)[i]` positions ahead
 */
import { z } from 'zod';
import { agentMeasurementsSchema } from './agent-measurements.js';

export const stepMeasurementsSchema = z.object({
  /** counted from 1: the number of updates made, this one included */
  step: z.int().min(0),
  /** mean InfoNCE over the K prediction steps; 0 where nothing is predicted, K = 0 */
  lossNats: z.number(),
  /** [K] fraction of line-ups in which the true future scores highest */
  accuracy: z.array(z.number().min(0).max(1)),
  /**
   * [K] ln M - loss: with negatives drawn from the whole batch a lower bound on the mutual information of context and future;
   * with negatives of the anchor's own sequence on that within a sequence, which leaves out what all its positions share
   */
  boundNats: z.array(z.number()),
  /** how far ahead the first of the K targets lies, in positions */
  firstPredictionStep: z.int().min(1),
  /** [K] how far ahead each target lies, in positions; left out by early versions, which predicted consecutive ones only */
  offsets: z.array(z.int().min(1)).optional(),
  /** L2 norm of the whole gradient, before clipping */
  gradientNorm: z.number().min(0),
  learningRate: z.number().min(0),
  stepMilliseconds: z.number().min(0),
  /** how long the step waited for its batch */
  inputWaitMilliseconds: z.number().min(0),
  examplesPerSecond: z.number().min(0),
  /** time spent training, over all sittings of the run */
  trainedSeconds: z.number().min(0),
  /** of runs in which an agent makes the data */
  agent: agentMeasurementsSchema.optional(),
});

/** What is measured on a training step. */
export type StepMeasurements = z.infer<typeof stepMeasurementsSchema>;

/** Where the targets of a step lie: `[K]` positions ahead, in the order of `accuracy` and `boundNats`. */
export function offsetsOf({
  offsets,
  firstPredictionStep,
  accuracy,
}: Pick<StepMeasurements, 'offsets' | 'firstPredictionStep' | 'accuracy'>): readonly number[] {
  return offsets ?? accuracy.map((_, index) => firstPredictionStep + index);
}

/** True if accuracy, bound and offsets speak of the same prediction steps, and of none twice. */
export function sameSteps(measured: StepMeasurements): boolean {
  const { accuracy, boundNats } = measured;
  const offsets = offsetsOf(measured);
  const { size } = new Set(offsets);
  return accuracy.length === boundNats.length && accuracy.length === offsets.length && size === offsets.length;
}

export const sameStepsMessage =
  'expected accuracy, boundNats and offsets to have one entry each per prediction step, and no offset twice';
