/**
 * Runs one case: check that both sides agree, warm both up, then time them in turns, one step ours and one step theirs, the
 * other side idle.
 */

import { CpcError } from '@cpc/core';
import type { BenchmarkCase, CaseOptions, CaseTools, Contestant, Outcome, TimedStep } from '@cpc/testing';
import { type Agreement, type BatchAgreement, compareOutcomes, findAgreement, requireSameLoss } from './agreement.js';
import { isSkipped } from './skipped.js';
import { type Spread, spreadOf } from './statistics.js';

export interface RunOptions extends CaseOptions {
  /** Timed steps of each side, taken in turns. */
  readonly pairs: number;
  /** Steps of each side before them that do not count; at least 1. */
  readonly warmUpSteps: number;
  /** Time between two turns, in which the threads of the side that has just computed fall asleep. */
  readonly settleMilliseconds: number;
  /** Told what goes on, a line at a time. */
  readonly report: (line: string) => void;
}

/** What was measured of one side. */
export interface SideResult {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly prepareMilliseconds: number;
  /** The first time that loss and gradients are computed, before any warm-up; absent for a side without a check. */
  readonly firstGradientsMilliseconds?: number;
  /** Of every warm-up step, in order. */
  readonly warmUpMilliseconds: readonly number[];
  /** Of every timed step, in order; empty for a case that is not timed. */
  readonly stepMilliseconds: readonly number[];
  /** Of the last step; absent for a case that is not timed, or minimises nothing. */
  readonly lossNats?: number;
  /** Of the last step, where that is a whole fit. */
  readonly iterations?: number;
  readonly peakMemoryBytes?: number;
  readonly notes: Readonly<Record<string, unknown>>;
}

export interface CaseResult {
  readonly ours: SideResult;
  readonly peer?: SideResult;
  readonly agreement?: Agreement;
  /** Why there is no peer. */
  readonly skipped?: string;
}

/**
 * @throws {CpcError} if the sides do not agree: nothing is timed then.
 */
export async function runCase(subject: BenchmarkCase, options: RunOptions, tools: CaseTools): Promise<CaseResult> {
  const { report } = options;
  report(`${subject.name}: ${subject.summary}`);
  const apart = await agreementApart(subject, options, tools);
  const input = await subject.prepare(options);
  return disposing(await subject.ours(input, tools), async (ours) => {
    report(`ready: ${ours.name}`);
    const own = measurementOf(ours);
    const peer = (await subject.peer?.(input, tools)) ?? { skipped: 'this case has no peer' };
    if (isSkipped(peer)) {
      report(`no peer: ${peer.skipped}`);
      if (ours.check !== undefined) await checked(own, 1);
      if (subject.timed) await stepInTurns([own], options);
      return { ours: await finished(own, options), skipped: peer.skipped };
    }
    return disposing(peer, async () => {
      report(`ready: ${peer.name}`);
      const other = measurementOf(peer);
      const compare = comparing(own, other);
      if (apart !== undefined) requireSameLoss(subject.name, await compare(1));
      const agreement = apart ?? (await findAgreement(subject.name, input.batches.length, compare));
      if (subject.timed) await stepInTurns([own, other], options);
      return { ours: await finished(own, options), peer: await finished(other, options), agreement };
    });
  });
}

/** The agreement of sides made for nothing else, for a case that says what to compare on; undefined without a peer, too. */
async function agreementApart(
  { name, checkedOn, ours, peer }: BenchmarkCase,
  options: RunOptions,
  tools: CaseTools,
): Promise<Agreement | undefined> {
  if (checkedOn === undefined) return undefined;
  const input = await checkedOn.prepare(options);
  const other = await peer?.(input, tools);
  if (other === undefined || isSkipped(other)) return undefined;
  return disposing(other, async () =>
    disposing(await ours(input, tools), async (own) => {
      const compare = comparing(measurementOf(own), measurementOf(other));
      const agreement = await findAgreement(name, input.batches.length, compare);
      options.report(`both sides agree on batch ${agreement.batch} of ${checkedOn.what}`);
      return { ...agreement, of: checkedOn.what };
    }),
  );
}

/** How many times as long as ours the peer's step takes: of the medians, and spread over the pairs. */
export function ratioOf(ours: SideResult, peer: SideResult): { ofMedians: number; ofPairs: Spread } {
  const pairs = ours.stepMilliseconds.map((own, index) => (peer.stepMilliseconds[index] ?? Number.NaN) / own);
  const median = ({ stepMilliseconds }: SideResult) => spreadOf(stepMilliseconds).median;
  return { ofMedians: median(peer) / median(ours), ofPairs: spreadOf(pairs) };
}

/** A side and what its steps took so far. */
interface Measurement {
  readonly side: Contestant;
  readonly milliseconds: number[];
  firstGradientsMilliseconds?: number;
  /** The last one. */
  step?: TimedStep;
}

function measurementOf(side: Contestant): Measurement {
  return { side, milliseconds: [] };
}

function comparing(own: Measurement, other: Measurement): (number: number) => Promise<BatchAgreement> {
  return async (number) => compareOutcomes(await checked(own, number), await checked(other, number));
}

async function checked(measurement: Measurement, number: number): Promise<Outcome> {
  const outcome = await measurement.side.check?.(number);
  if (outcome === undefined) {
    throw new CpcError({ where: measurement.side.name, expected: 'a check, beside a peer', received: 'none' });
  }
  measurement.firstGradientsMilliseconds ??= outcome.milliseconds;
  return outcome;
}

async function stepInTurns(measurements: readonly Measurement[], options: RunOptions): Promise<void> {
  const { warmUpSteps, pairs, settleMilliseconds, report } = options;
  for (let number = 1; number <= warmUpSteps + pairs; number++) {
    for (const measurement of measurements) {
      await pause(settleMilliseconds);
      measurement.step = await measurement.side.step(number);
      measurement.milliseconds.push(measurement.step.milliseconds);
    }
    const latest = measurements.map(({ milliseconds }) => `${milliseconds.at(-1)?.toFixed(1)} ms`).join(' | ');
    report(`${number <= warmUpSteps ? 'warm-up' : 'timed'} step ${number}: ${latest}`);
  }
}

async function finished(
  { side, firstGradientsMilliseconds, milliseconds, step: { lossNats, iterations } = { milliseconds: 0 } }: Measurement,
  { warmUpSteps }: RunOptions,
): Promise<SideResult> {
  const peakMemoryBytes = await side.peakMemoryBytes();
  return {
    name: side.name,
    versions: side.versions,
    prepareMilliseconds: side.prepareMilliseconds,
    ...(firstGradientsMilliseconds === undefined ? {} : { firstGradientsMilliseconds }),
    warmUpMilliseconds: milliseconds.slice(0, warmUpSteps),
    stepMilliseconds: milliseconds.slice(warmUpSteps),
    ...(lossNats === undefined ? {} : { lossNats }),
    ...(iterations === undefined ? {} : { iterations }),
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
    notes: side.notes,
  };
}

async function disposing<Result>(side: Contestant, work: (side: Contestant) => Promise<Result>): Promise<Result> {
  try {
    return await work(side);
  } finally {
    await side.dispose();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
