/**
 * `metrics.jsonl`: one JSON object a line, one line per logged step.
 *
 * Lines are only ever appended, so the one thing that a killed process leaves behind is a last line without its line
 * end. Such a line is not an error, and not a measurement: readers leave it out.
 */

import { RecordError } from '@cpc/base';
import { z } from 'zod';
import type { TrainingEventOf } from './events.js';
import { check, type Expectation, parseJson } from './parse.js';
import { sameSteps, sameStepsMessage, stepMeasurementsSchema } from './step-measurements.js';

export const metricsLineSchema = z
  .object({
    /** when the step ended: ISO 8601, UTC */
    time: z.iso.datetime(),
    ...stepMeasurementsSchema.shape,
  })
  .refine(sameSteps, { error: sameStepsMessage });

/** A line of `metrics.jsonl`: what was measured on a step, and when. */
export type MetricsLine = z.infer<typeof metricsLineSchema>;

const expectation: Expectation = {
  what: 'a metrics line',
  fix: 'Delete the line, or restore the file from a copy.',
};

/** The line that records a `step-end` event. */
export function metricsLineOf(event: TrainingEventOf<'step-end'>, time: Date): MetricsLine {
  const { type: _, ...measurements } = event;
  return { time: time.toISOString(), ...measurements };
}

/**
 * A metrics line as text, line end included.
 *
 * @throws {RecordError} if a figure is missing or not finite: JSON cannot carry it.
 */
export function formatMetricsLine(line: MetricsLine, where = 'metrics.jsonl'): string {
  const fix = 'Training must stop at a loss that is not finite, before it logs the step.';
  return `${JSON.stringify(check(metricsLineSchema, line, where, { what: expectation.what, fix }))}\n`;
}

/**
 * One line of `metrics.jsonl`.
 *
 * @param where - named in the error, such as `run/metrics.jsonl:12`.
 * @throws {RecordError} if the line is not JSON, or not a metrics line.
 */
export function parseMetricsLine(line: string, where: string): MetricsLine {
  return check(metricsLineSchema, parseJson(line, where, expectation), where, expectation);
}

/**
 * All complete lines of `metrics.jsonl`, in the file's order. A last line without its line end is left out.
 *
 * @param where - the file; errors name it with the line's number, counted from 1.
 * @throws {RecordError} at the first complete line that is not a metrics line, or whose step does not grow.
 *
 * @example
 * const lossCurve = parseMetrics(text, path).map(({ step, lossNats }) => [step, lossNats]);
 */
export function parseMetrics(text: string, where: string): MetricsLine[] {
  return text.split('\n').slice(0, -1).map(createMetricsParser(where));
}

/**
 * Parses the complete lines of a `metrics.jsonl` one by one, for files that are read in pieces.
 *
 * @returns takes the next line without its line end.
 * @throws {RecordError} at a line that is not a metrics line, or whose step does not grow, as {@link parseMetrics} does.
 */
export function createMetricsParser(where: string): (line: string) => MetricsLine {
  let [number, last] = [0, Number.NEGATIVE_INFINITY];
  return (line) => {
    number += 1;
    const place = `${where}:${number}`;
    const parsed = parseMetricsLine(line, place);
    if (parsed.step <= last)
      throw new RecordError(place, `expected a step after ${last}, received ${parsed.step}. ${expectation.fix}`);
    last = parsed.step;
    return parsed;
  };
}
