/** One case measured and written down. */
import type { BenchmarkCase, CaseTools } from '@cpc/testing';
import { loadAverage, thisMachine } from './machine.js';
import type { CaseRecord } from './record.js';
import { type CaseResult, type RunOptions, ratioOf, runCase } from './run-case.js';
import { spreadOf } from './statistics.js';

/**
 * @param command - as typed, for the record.
 * @throws {CpcError} if the sides do not agree.
 */
export async function measure(
  subject: BenchmarkCase,
  options: RunOptions,
  tools: CaseTools,
  command: string,
): Promise<CaseRecord> {
  const { preset, threads, pairs, warmUpSteps } = options;
  const loadAverageBefore = loadAverage();
  const result = await runCase(subject, options, tools);
  return {
    schema: 1,
    case: subject.name,
    summary: subject.summary,
    timed: subject.timed,
    command,
    measured: new Date().toISOString(),
    options: { preset, threads, pairs, warmUpSteps },
    machine: thisMachine(),
    loadAverageBefore,
    ...result,
    ...(subject.timed ? { spreads: spreadsOf(result) } : {}),
  };
}

function spreadsOf({ ours, peer }: CaseResult): NonNullable<CaseRecord['spreads']> {
  const spread = spreadOf(ours.stepMilliseconds);
  if (peer === undefined) return { ours: spread };
  return { ours: spread, peer: spreadOf(peer.stepMilliseconds), ratio: ratioOf(ours, peer) };
}
