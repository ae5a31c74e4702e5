/** Results of probes and evaluations in the record of the run that they measure. */

import { describedSystemError } from '@cpc/base/node';
import type { ProbeResult, RunRecord } from '@cpc/records';
import type { TaskEvent } from '../commands/command.js';
import { updateRunRecord } from './run-folder.js';

/**
 * Adds results to the run record. A result takes the place of an earlier one of the same question: the same task, features,
 * classifier, split, labels and data. One of other data stays.
 *
 * Figures that took an hour are not lost where they cannot be recorded, as on a disk that is read-only: they were told before, and
 * this tells so.
 *
 * @returns nothing, or one warning.
 */
export function recordProbes(run: string, results: readonly ProbeResult[]): Promise<TaskEvent[]> {
  const replaced = new Set(results.map(questionOf));
  return recordChange(run, ({ probes }) => ({
    probes: [...probes.filter((probe) => !replaced.has(questionOf(probe))), ...results],
  }));
}

/** Changes the run record, or tells in a warning why it could not be changed. */
export async function recordChange(
  run: string,
  change: (record: RunRecord) => Partial<RunRecord>,
): Promise<TaskEvent[]> {
  try {
    await updateRunRecord(run, change);
    return [];
  } catch (thrown) {
    const error = describedSystemError(thrown);
    const reason = error instanceof Error ? error.message : String(error);
    return [
      { type: 'warning', message: `the results are not in the run record, which could not be changed: ${reason}` },
    ];
  }
}

/** What a result answers. Left out in older records, a classifier was linear and an example a position. */
function questionOf(result: ProbeResult): string {
  const { task, representation, baseline, classifier = 'linear', pooled = false, split } = result;
  const { dataFingerprint, labelShare = 1, addedWords } = result;
  const question = [task, representation, baseline, classifier, pooled, split, dataFingerprint, labelShare, addedWords];
  return JSON.stringify(question.map((part) => part ?? null));
}
