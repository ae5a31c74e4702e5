/**
 * The record of one case's measurement, as it lies in `benchmarks/results/<case>.json`: enough to repeat it and to tell why
 * another machine differs. Documents are filled from records, never by hand.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CpcError } from '@cpc/core';
import { machineSchema } from '@cpc/records';
import { z } from 'zod';

const milliseconds = z.number().min(0);

const sideSchema = z.object({
  name: z.string(),
  versions: z.record(z.string(), z.string()),
  prepareMilliseconds: milliseconds,
  firstGradientsMilliseconds: milliseconds.optional(),
  warmUpMilliseconds: z.array(milliseconds).readonly(),
  stepMilliseconds: z.array(milliseconds).readonly(),
  lossNats: z.number().optional(),
  /** Of the last step, where that is a whole fit. */
  iterations: z.int().optional(),
  peakMemoryBytes: z.int().optional(),
  notes: z.record(z.string(), z.unknown()),
});

const spreadSchema = z.object({
  minimum: z.number(),
  lowerQuartile: z.number(),
  median: z.number(),
  upperQuartile: z.number(),
  maximum: z.number(),
});

export const caseRecordSchema = z.object({
  schema: z.literal(1),
  case: z.string(),
  summary: z.string(),
  timed: z.boolean(),
  /** As typed, such as `npm run -s bench -- audio --pairs 20`. */
  command: z.string(),
  /** ISO 8601, UTC. */
  measured: z.iso.datetime(),
  options: z.object({ preset: z.string(), threads: z.int(), pairs: z.int(), warmUpSteps: z.int() }),
  machine: machineSchema,
  /** Programs that wanted a core in the minute before. */
  loadAverageBefore: z.number(),
  ours: sideSchema,
  peer: sideSchema.optional(),
  skipped: z.string().optional(),
  agreement: z
    .object({
      tolerance: z.number(),
      batch: z.int(),
      /** What that batch holds, where it is not one of those that are timed. */
      of: z.string().optional(),
      /** Batches before that one, with the gradient that differed most. */
      passedOver: z.array(z.object({ batch: z.int(), name: z.string(), difference: z.number() })).readonly(),
      oursLossNats: z.number(),
      peerLossNats: z.number(),
      lossDifference: z.number(),
      gradientDifferences: z.record(z.string(), z.number()),
    })
    .optional(),
  /** Of step times: ours, the peer's, and the peer's divided by ours. */
  spreads: z
    .object({
      ours: spreadSchema,
      peer: spreadSchema.optional(),
      ratio: z.object({ ofMedians: z.number(), ofPairs: spreadSchema }).optional(),
    })
    .optional(),
});

export type CaseRecord = z.infer<typeof caseRecordSchema>;

export async function writeRecord(path: string, record: CaseRecord): Promise<void> {
  await writeFile(path, `${JSON.stringify(caseRecordSchema.parse(record), null, 2)}\n`);
}

/**
 * @throws {CpcError} if the file is not a case record.
 */
export async function readRecord(path: string): Promise<CaseRecord> {
  const text = await readFile(path, 'utf8');
  try {
    return caseRecordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CpcError({
      where: path,
      expected: 'the record of a benchmark case',
      fix: 'Measure it again with --save.',
      cause,
    });
  }
}

/** All of a folder; none where there is no folder. */
export async function readRecords(folder: string): Promise<CaseRecord[]> {
  const files = existsSync(folder) ? (await readdir(folder)).filter((file) => file.endsWith('.json')) : [];
  return Promise.all(files.map((file) => readRecord(join(folder, file))));
}
