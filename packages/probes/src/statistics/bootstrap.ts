/**
 * Intervals for accuracies whose examples come in clusters: frames of a recording, recordings of a speaker. Examples of one
 * cluster resemble each other, so clusters are resampled, not examples (percentile bootstrap: Efron & Tibshirani, *An
 * Introduction to the Bootstrap*, 1993, chapter 13).
 *
 * The interval is honest with a few dozen clusters; with fewer it is too narrow.
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError } from '@cpc/base';
import type { ConfidenceInterval } from '@cpc/records';

/** What one cluster says. */
export interface ClusterTally {
  /** Examples that were right, or any sum over the cluster's examples. */
  readonly right: number;
  /** Examples; > 0 in at least one cluster. */
  readonly total: number;
}

/** What one cluster says of two systems. */
export interface PairedTally {
  /** Examples that the first system got right. */
  readonly first: number;
  /** Examples that the second system got right. */
  readonly second: number;
  /** Examples; the same ones for both. */
  readonly total: number;
}

export interface BootstrapOptions {
  readonly random: Random;
  /** Default 1000. */
  readonly samples?: number;
  /** Probability with which the interval should cover the true figure, above 0 and below 1; default 0.95. */
  readonly level?: number;
}

/**
 * Tallies by cluster, in order of first appearance.
 *
 * @param predicted - `[N]`.
 * @param labels - `[N]`.
 * @param clusters - `[N]`: the recording or speaker of every example.
 * @throws {CpcArgumentError} if lengths differ.
 */
export function tallyClusters(
  predicted: Int32Array,
  labels: Int32Array,
  clusters: ArrayLike<number | string>,
): ClusterTally[] {
  requireAsMany('tallyClusters', labels.length, { predicted, clusters });
  const right = (example: number) => (predicted[example] === labels[example] ? 1 : 0);
  return [...sumsByCluster(clusters, (example) => [right(example)]).values()].map(({ sums, total }) => ({
    right: sums[0] ?? 0,
    total,
  }));
}

/** Like `tallyClusters`, for two systems that predicted the same examples. */
export function tallyPairs(
  first: Int32Array,
  second: Int32Array,
  labels: Int32Array,
  clusters: ArrayLike<number | string>,
): PairedTally[] {
  requireAsMany('tallyPairs', labels.length, { first, second, clusters });
  const right = (predicted: Int32Array, example: number) => (predicted[example] === labels[example] ? 1 : 0);
  const sums = sumsByCluster(clusters, (example) => [right(first, example), right(second, example)]);
  return [...sums.values()].map(({ sums, total }) => ({ first: sums[0] ?? 0, second: sums[1] ?? 0, total }));
}

/** Share of all examples that were right. */
export function shareRight(tallies: readonly ClusterTally[]): number {
  return tallies.reduce((sum, { right }) => sum + right, 0) / tallies.reduce((sum, { total }) => sum + total, 0);
}

/**
 * The interval of `shareRight` when clusters are drawn anew from where these came from.
 *
 * @param tallies - one per cluster, at least 1.
 * @throws {CpcArgumentError} if there is no example, or an option is out of range.
 *
 * @example
 * const { low, high } = bootstrapInterval(tallyClusters(predicted, labels, recordings), { random });
 */
export function bootstrapInterval(tallies: readonly ClusterTally[], options: BootstrapOptions): ConfidenceInterval {
  return percentileInterval('bootstrapInterval', tallies, shareRight, options);
}

/** Accuracy of the second system less that of the first, and its interval. */
export interface PairedDifference {
  readonly difference: number;
  readonly confidence: ConfidenceInterval;
}

/**
 * How much better the second of two systems is that were scored on the same examples. Both are resampled together, so what
 * makes a cluster easy or hard for both cancels out: far narrower than two separate intervals.
 *
 * @param tallies - one per cluster, at least 1.
 * @throws {CpcArgumentError} if there is no example, or an option is out of range.
 *
 * @example
 * const { difference, confidence } = pairedBootstrap(tallyPairs(linear, mlp, labels, speakers), { random });
 * const settled = confidence.low > 0 || confidence.high < 0;
 */
export function pairedBootstrap(tallies: readonly PairedTally[], options: BootstrapOptions): PairedDifference {
  const gain = (some: readonly PairedTally[]) =>
    shareRight(some.map(({ first, second, total }) => ({ right: second - first, total })));
  const confidence = percentileInterval('pairedBootstrap', tallies, gain, options);
  return { difference: gain(tallies), confidence };
}

function percentileInterval<Tally extends { readonly total: number }>(
  where: string,
  tallies: readonly Tally[],
  statistic: (tallies: readonly Tally[]) => number,
  { random, samples = 1000, level = 0.95 }: BootstrapOptions,
): ConfidenceInterval {
  const refuse = (argument: string, expected: string, received: unknown): never => {
    throw new CpcArgumentError({ where, argument, expected, received });
  };
  if (!(Number.isInteger(samples) && samples >= 1)) refuse('samples', 'at least 1 sample, a whole number', samples);
  if (!(level > 0 && level < 1)) refuse('level', 'a level above 0 and below 1', level);
  const filled = tallies.filter(({ total }) => total > 0); // else a sample could hold no example
  const draw = () => filled.map((own) => filled[random.integer(filled.length)] ?? own);
  if (filled.length === 0)
    refuse('tallies', 'a cluster with at least 1 example', `${tallies.length} clusters, none with one`);
  const values = Array.from({ length: samples }, () => statistic(draw())).sort((left, right) => left - right);
  const at = (quantile: number) => values[Math.round(quantile * (samples - 1))] ?? Number.NaN;
  return { low: at((1 - level) / 2), high: at((1 + level) / 2), level };
}

/** Sums over every cluster's examples, and how many there are. */
function sumsByCluster(
  clusters: ArrayLike<number | string>,
  values: (example: number) => readonly number[],
): Map<number | string, { sums: number[]; total: number }> {
  const found = new Map<number | string, { sums: number[]; total: number }>();
  for (let example = 0; example < clusters.length; example++) {
    const own = values(example);
    const before = found.get(clusters[example] ?? '') ?? { sums: own.map(() => 0), total: 0 };
    const sums = own.map((value, index) => value + (before.sums[index] ?? 0));
    found.set(clusters[example] ?? '', { sums, total: before.total + 1 });
  }
  return found;
}

function requireAsMany(where: string, examples: number, lists: Record<string, { readonly length: number }>): void {
  for (const [argument, { length }] of Object.entries(lists)) {
    if (length === examples) continue;
    const expected = `${examples} entries in ${argument}, one per label`;
    throw new CpcArgumentError({ where, argument, expected, received: `${length}` });
  }
}
