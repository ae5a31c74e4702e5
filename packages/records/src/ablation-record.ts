/**
 * `ablation.json`: runs that differ in one setting each, every one with several seeds, and what a probe found of each.
 *
 * A record must let a stranger repeat the ablation and see every seed's figure beside its row's.
 */
import { z } from 'zod';
import { check, type Expectation, parseJson } from './parse.js';
import { probeResultSchema } from './probe-result.js';
import { machineSchema, resolvedSettingSchema } from './run-record.js';

/** The layout that this package writes. */
export const ablationRecordVersion = 1;

export const ablationRunSchema = z.object({
  /** names the run's folder, such as `predict-12-mixed-speaker` */
  name: z.string().min(1),
  seed: z.int(),
  /** updates made */
  steps: z.int().min(0),
  /** time spent training */
  trainedSeconds: z.number().min(0),
  result: probeResultSchema,
});

const ablationRowSchema = z.object({
  name: z.string().min(1),
  /** the run it stands for: rows may share one */
  run: z.string().min(1),
  seeds: z.int().min(1),
  mean: z.number().min(0).max(1),
  /** of the sample; absent for one seed */
  deviation: z.number().min(0).optional(),
  /** absent where the paper has none for the task */
  paperAccuracy: z.number().min(0).max(1).optional(),
});

export const ablationRecordSchema = z.object({
  schema: z.literal(ablationRecordVersion),
  /** as typed when it was begun */
  command: z.string(),
  domain: z.string().min(1),
  preset: z.string(),
  /** what all runs share; a run's own record has the rest */
  settings: z.record(z.string(), resolvedSettingSchema),
  /** updates of every run */
  steps: z.int().min(1),
  task: z.string().min(1),
  /** fingerprints of what went in, by name, such as `data`; absent in older records */
  inputs: z.record(z.string(), z.string()).optional(),
  /** what every run was trained on; `leftOut`: recordings as long as a window that not every row can use. Absent in older records */
  trainedOn: z
    .object({ recordings: z.int().min(1), speakers: z.int().min(1), hours: z.number().min(0), leftOut: z.int().min(0) })
    .optional(),
  /** in the order in which they were finished */
  runs: z.array(ablationRunSchema),
  /** what the runs come to, a row of the paper's table each: fractions over seeds; absent in older records */
  rows: z.array(ablationRowSchema).optional(),
  /** the model before its first update, by seed */
  untrained: z.array(z.object({ seed: z.int(), result: probeResultSchema })),
  machine: machineSchema,
});

/** Runs that differ in one setting each, and what a probe found of them. */
export type AblationRecord = z.infer<typeof ablationRecordSchema>;

const expectation: Expectation = {
  what: `an ablation record of layout ${ablationRecordVersion}`,
  fix: 'Give the folder of an ablation made by cpc, or restore its ablation.json from a copy.',
};

/**
 * An ablation record read from the text of `ablation.json`.
 *
 * @param where - named in the error: the file's path.
 * @throws {RecordError} if `text` is not JSON, is of a newer layout, or has a missing or wrong field.
 */
export function parseAblationRecord(text: string, where: string): AblationRecord {
  return check(ablationRecordSchema, parseJson(text, where, expectation), where, expectation);
}

/** The text of `ablation.json`. @throws {RecordError} if a field is wrong. */
export function formatAblationRecord(record: AblationRecord, where: string): string {
  return `${JSON.stringify(check(ablationRecordSchema, record, where, expectation), null, 2)}\n`;
}
