/**
 * `figure-3.json`: how often a model picks the positive among the candidates, by how far ahead it lies, on data that were not
 * trained on. One model for every seed.
 */
import { z } from 'zod';
import { check, type Expectation, parseJson } from './parse.js';
import { machineSchema, resolvedSettingSchema } from './run-record.js';

/** The layout that this package writes. */
export const predictionRecordVersion = 1;

const fraction = z.number().min(0).max(1);

export const predictionRunSchema = z.object({
  seed: z.int(),
  /** updates made */
  steps: z.int().min(0),
  /** time spent training */
  trainedSeconds: z.number().min(0),
  /** by offset, as are all lists here */
  accuracy: z.array(fraction),
  /** one over the size of the line-up */
  chance: z.array(fraction),
  lossNats: z.array(z.number()),
  boundNats: z.array(z.number()),
});

export const predictionRecordSchema = z
  .object({
    schema: z.literal(predictionRecordVersion),
    /** as typed when it was begun */
    command: z.string(),
    domain: z.string().min(1),
    preset: z.string(),
    /** of all runs */
    settings: z.record(z.string(), resolvedSettingSchema),
    /** updates of every run */
    steps: z.int().min(1),
    /** fingerprints of what went in, by name, such as `data` */
    inputs: z.record(z.string(), z.string()).optional(),
    /** how far ahead each predicted step lies */
    offsets: z.array(z.int().min(1)).min(1),
    /** where negatives come from, and how many at most stand beside the positive */
    negatives: z.object({ source: z.string(), count: z.int().min(1) }),
    /** what accuracy was measured on */
    heldOut: z.object({ speakers: z.int().min(1), recordings: z.int().min(1), windows: z.int().min(1) }),
    /** in the order in which they were finished */
    runs: z.array(predictionRunSchema),
    /** over seeds; the deviation of one seed is absent */
    rows: z
      .array(
        z.object({ offset: z.int().min(1), mean: fraction, deviation: z.number().min(0).optional(), chance: fraction }),
      )
      .optional(),
    machine: machineSchema,
  })
  .refine(({ offsets, runs }) => runs.every(({ accuracy }) => accuracy.length === offsets.length), {
    path: ['runs'],
    error: 'expected one accuracy per offset',
  });

/** Accuracy of picking the positive by how far ahead it lies. */
export type PredictionRecord = z.infer<typeof predictionRecordSchema>;

const expectation: Expectation = {
  what: `a record of prediction accuracy of layout ${predictionRecordVersion}`,
  fix: 'Give the folder of an ablation made by cpc, or restore its figure-3.json from a copy.',
};

/**
 * A record read from the text of `figure-3.json`.
 *
 * @param where - named in the error: the file's path.
 * @throws {RecordError} if `text` is not JSON, is of a newer layout, or has a missing or wrong field.
 */
export function parsePredictionRecord(text: string, where: string): PredictionRecord {
  return check(predictionRecordSchema, parseJson(text, where, expectation), where, expectation);
}

/** The text of `figure-3.json`. @throws {RecordError} if a field is wrong. */
export function formatPredictionRecord(record: PredictionRecord, where: string): string {
  return `${JSON.stringify(check(predictionRecordSchema, record, where, expectation), null, 2)}\n`;
}
