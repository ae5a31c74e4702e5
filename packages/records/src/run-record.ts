/**
 * `run.json`: what was run, on what, with which settings, and what came of it.
 *
 * A record must let a stranger repeat the run, and tell why it could differ. The field `schema` numbers the layout:
 * fields may be added under the same number, never removed or given another meaning.
 */

import { RecordError } from '@cpc/base';
import { z } from 'zod';
import { engineSummarySchema } from './engine-summary.js';
import { evaluationResultSchema } from './evaluation-result.js';
import { check, type Expectation, parseJson } from './parse.js';
import { probeResultSchema } from './probe-result.js';

/** The layout that this package writes. */
export const runRecordVersion = 1;

/** Where a setting's value came from; later ones win: default, preset, config file, `--set`, a flag of its own. */
export const settingSourceSchema = z.enum(['default', 'preset', 'config', 'set', 'flag']);

export const resolvedSettingSchema = z.object({ value: z.json(), source: settingSourceSchema });

export const machineSchema = z.object({
  cpuModel: z.string(),
  cores: z.int().min(1),
  memoryBytes: z.int().min(0),
  /** operating system and architecture, such as `linux-x64` */
  platform: z.string(),
  /** version of Node, or the browser's user agent */
  node: z.string(),
});

export const dataSummarySchema = z.object({
  /** how many there are of each kind, such as `{ utterances: 28539, speakers: 251 }` */
  counts: z.record(z.string(), z.int().min(0)),
  /** for recordings */
  hours: z.number().min(0).optional(),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
});

export const figureSchema = z.object({
  value: z.number(),
  /** such as `nats`, `%`, `1/s`; absent for a plain number or fraction */
  unit: z.string().optional(),
  /** ends of the interval of confidence, in the same unit */
  low: z.number().optional(),
  high: z.number().optional(),
  /** how many measurements stand behind the value */
  count: z.int().min(0).optional(),
});

/** A run that was interrupted and resumed has several: each may have had another machine. */
export const sittingSchema = z.object({
  /** ISO 8601, UTC */
  started: z.iso.datetime(),
  /** updates made before it */
  step: z.int().min(0),
  engine: engineSummarySchema,
  /** package name to version */
  versions: z.record(z.string(), z.string()),
  machine: machineSchema,
});

export const runRecordSchema = z.object({
  schema: z.literal(runRecordVersion),
  /** as typed, such as `cpc audio train --builtin` */
  command: z.string(),
  /** `audio`, `text`, `vision`, `rl` */
  domain: z.string().min(1),
  preset: z.string().optional(),
  settings: z.record(z.string(), resolvedSettingSchema),
  /** package name to version */
  versions: z.record(z.string(), z.string()),
  machine: machineSchema,
  engine: engineSummarySchema,
  seed: z.int(),
  /** changes when the data do */
  dataFingerprint: z.string(),
  data: dataSummarySchema,
  /** ISO 8601, UTC */
  started: z.iso.datetime(),
  /** ISO 8601, UTC; absent while the run goes on, and after a kill */
  ended: z.iso.datetime().optional(),
  status: z.enum(['running', 'completed', 'interrupted', 'failed']),
  totals: z.object({ steps: z.int().min(0), seconds: z.number().min(0) }),
  figures: z.record(z.string(), figureSchema),
  probes: z.array(probeResultSchema),
  /** of agents; left out where none was made */
  evaluations: z.array(evaluationResultSchema).optional(),
  /** oldest first; `engine`, `versions` and `machine` above are those of the first. Left out by early versions */
  sittings: z.array(sittingSchema).optional(),
  /** the run whose parameters it began with, and how many updates these had seen; left out where they were drawn */
  startedFrom: z.object({ run: z.string(), step: z.int().min(0) }).optional(),
  /** why a failed run failed */
  error: z.string().optional(),
});

/** What was run, on what, with which settings, and what came of it. */
export type RunRecord = z.infer<typeof runRecordSchema>;
/** A setting's value and where it came from. */
export type ResolvedSetting = z.infer<typeof resolvedSettingSchema>;
/** `default`, `preset`, `config`, `set` or `flag`. */
export type SettingSource = z.infer<typeof settingSourceSchema>;
/** The computer that ran it. */
export type Machine = z.infer<typeof machineSchema>;
/** From a start or a resumption to the next end, and what computed then. */
export type Sitting = z.infer<typeof sittingSchema>;
/** What the data held, and which files were left out. */
export type DataSummary = z.infer<typeof dataSummarySchema>;
/** A number worth reporting, with its unit and uncertainty. */
export type Figure = z.infer<typeof figureSchema>;

const expectation: Expectation = {
  what: `a run record of layout ${runRecordVersion}`,
  fix: 'Give the folder of a run made by cpc, or restore its run.json from a copy.',
};

/**
 * A run record read from the text of `run.json`. Fields that this version does not know are left out.
 *
 * @param where - named in the error: the file's path.
 * @throws {RecordError} if `text` is not JSON, is of a newer layout, or has a missing or wrong field; all wrong fields
 *   are listed.
 *
 * @example
 * const record = parseRunRecord(await readFile('run/run.json', 'utf8'), 'run/run.json');
 */
export function parseRunRecord(text: string, where: string): RunRecord {
  const value = parseJson(text, where, expectation);
  const version = z.object({ schema: z.int() }).safeParse(value);
  if (version.success && version.data.schema > runRecordVersion) {
    const came = `received layout ${version.data.schema}`;
    throw new RecordError(where, `expected ${expectation.what}, ${came}. A newer cpc wrote it: update @cpc/records.`);
  }
  return check(runRecordSchema, value, where, expectation);
}

/**
 * A run record as the text of `run.json`, indented, line end included.
 *
 * @throws {RecordError} if a field is missing or wrong, or a number is not finite.
 */
export function formatRunRecord(record: RunRecord, where = 'run.json'): string {
  const fix = 'Fill in the field before the record is written.';
  const checked = check(runRecordSchema, record, where, { what: expectation.what, fix });
  return `${JSON.stringify(checked, null, 2)}\n`;
}
