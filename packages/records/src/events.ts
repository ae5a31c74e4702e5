/**
 * What happens while a model trains, as a stream of values. Terminal, report, TensorBoard writer and tests read it.
 *
 * Names are noun, then verb. An event is plain JSON: it crosses threads and sockets unchanged.
 */
import { z } from 'zod';

import { engineSummarySchema } from './engine-summary.js';
import { check, type Expectation, parseJson } from './parse.js';
import { probeResultSchema } from './probe-result.js';
import { sameSteps, sameStepsMessage, stepMeasurementsSchema } from './step-measurements.js';

const step = z.int().min(0);

const runStart = z.object({
  type: z.literal('run-start'),
  /** updates already made: 0 for a new run, more for a resumed one */
  step,
  parameterCount: z.int().min(0),
  engine: engineSummarySchema,
  /** what it took to turn the step into something that runs */
  traceMilliseconds: z.number().min(0).optional(),
  totalSteps: z.int().min(0).optional(),
  totalMinutes: z.number().min(0).optional(),
});

const stepEnd = z.object({ type: z.literal('step-end'), ...stepMeasurementsSchema.shape });

const checkpointSaved = z.object({ type: z.literal('checkpoint-saved'), step, path: z.string() });

/** A checkpoint that cannot be used; an older one is taken instead. */
const checkpointDamaged = z.object({ type: z.literal('checkpoint-damaged'), path: z.string(), reason: z.string() });

/** Something of the data that a batch had to leave out, because it is damaged; `path` is its name there. Told once in a sitting. */
const inputDamaged = z.object({ type: z.literal('input-damaged'), path: z.string(), reason: z.string() });

const probeEnd = z.object({
  type: z.literal('probe-end'),
  step,
  seconds: z.number().min(0),
  result: probeResultSchema,
});

const warning = z.object({ type: z.literal('warning'), message: z.string() });

const runEnd = z.object({
  type: z.literal('run-end'),
  step,
  reason: z.enum(['completed', 'interrupted']),
  trainedSeconds: z.number().min(0),
});

export const trainingEventSchema = z.discriminatedUnion('type', [
  runStart,
  stepEnd.refine(sameSteps, { error: sameStepsMessage }),
  checkpointSaved,
  checkpointDamaged,
  inputDamaged,
  probeEnd,
  warning,
  runEnd,
]);

/** Something that happened while a model trained; `type` says what. */
export type TrainingEvent = z.infer<typeof trainingEventSchema>;

/** The event of one kind, such as `TrainingEventOf<'step-end'>`. */
export type TrainingEventOf<Type extends TrainingEvent['type']> = Extract<TrainingEvent, { type: Type }>;

const expectation: Expectation = {
  what: 'a training event',
  fix: 'Events are written by train(); a file of them holds one JSON object a line.',
};

/**
 * A training event read from JSON.
 *
 * @param where - named in the error: a file, or a file and a line.
 * @throws {RecordError} if `text` is not JSON, or not a training event.
 *
 * @example
 * parseTrainingEvent('{"type":"warning","message":"no validation data"}', 'events.jsonl:3').type; // 'warning'
 */
export function parseTrainingEvent(text: string, where: string): TrainingEvent {
  return check(trainingEventSchema, parseJson(text, where, expectation), where, expectation);
}
