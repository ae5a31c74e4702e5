/**
 * Whether a case is as fast beside its peer as its committed record says. Ratios are compared, not seconds: both sides of one run
 * share the machine and what else it does.
 */
import type { CaseRecord } from './record.js';
import type { Rows } from './table.js';

/** Part of the ratio that may be lost before a case counts as slower. */
export const allowance = 0.1;

export type Verdict = 'as committed' | 'slower' | 'not compared';

/** What became of one case. */
export interface Comparison {
  readonly case: string;
  readonly verdict: Verdict;
  /** How many times as long as ours the peer took, then and now; absent where there is none. */
  readonly committedRatio?: number;
  readonly measuredRatio?: number;
  /** Why it was not compared. */
  readonly reason?: string;
}

/**
 * Slower is a case whose ratio fell by more than `allowance`, if that is not noise: the upper quartile of the pairs lies below the
 * committed lower one.
 *
 * @param committed - the record in benchmarks/results; undefined where there is none.
 */
export function compareRecords(committed: CaseRecord | undefined, measured: CaseRecord): Comparison {
  const name = measured.case;
  const [then, now] = [committed?.spreads?.ratio, measured.spreads?.ratio];
  const notCompared = (reason: string): Comparison => ({ case: name, verdict: 'not compared', reason });
  if (committed === undefined) return notCompared(`no record of it is committed: bench ${name} --save`);
  if (then === undefined) return notCompared('its committed record has no peer');
  if (now === undefined) return notCompared(measured.skipped ?? 'it has no peer');
  const [before, today] = [optionsText(committed), optionsText(measured)];
  if (before !== today) return notCompared(`its committed record is of ${before}, this is of ${today}`);
  const isSlower =
    now.ofMedians < (1 - allowance) * then.ofMedians && now.ofPairs.upperQuartile < then.ofPairs.lowerQuartile;
  const ratios = { committedRatio: then.ofMedians, measuredRatio: now.ofMedians };
  return { case: name, verdict: isSlower ? 'slower' : 'as committed', ...ratios };
}

/** A row per case. */
export function comparisonRows(comparisons: readonly Comparison[]): Rows {
  const ratio = (value: number | undefined) => value?.toFixed(2) ?? '';
  return [
    ['case', 'peer / ours, committed', 'now', 'verdict'],
    ...comparisons.map(({ case: name, verdict, committedRatio, measuredRatio, reason }) => [
      ...[name, ratio(committedRatio), ratio(measuredRatio)],
      reason === undefined ? verdict : `${verdict}: ${reason}`,
    ]),
  ];
}

/** What decides whether two ratios may be compared; a step of another preset or on other threads is another step. */
function optionsText({ options: { preset, threads } }: CaseRecord): string {
  return `preset ${preset} on ${threads} threads`;
}
