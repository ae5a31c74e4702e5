/** What a record says, as rows of a table and as sentences. */
import { worstGradient } from './agreement.js';
import type { CaseRecord } from './record.js';
import type { Spread } from './statistics.js';
import type { Rows } from './table.js';

type Side = CaseRecord['ours'];

/** One row per figure, one column per side; no row for a case that is not timed. */
export function summaryRows({ ours, peer, spreads, options }: CaseRecord): Rows {
  if (spreads === undefined) return [];
  const sides = peer === undefined ? [ours] : [ours, peer];
  const row = (label: string, cell: (side: Side) => string) => [label, ...sides.map(cell)];
  const bySide = [spreads.ours, ...(spreads.peer === undefined ? [] : [spreads.peer])];
  return [
    ['', 'ours', 'peer'].slice(0, 1 + sides.length),
    row('prepare', ({ prepareMilliseconds }) => duration(prepareMilliseconds)),
    ...(sides.every(({ firstGradientsMilliseconds }) => firstGradientsMilliseconds === undefined)
      ? []
      : [row('first gradients', ({ firstGradientsMilliseconds }) => duration(firstGradientsMilliseconds))]),
    [`step, median of ${options.pairs}`, ...bySide.map(({ median }) => duration(median))],
    ['step, quartiles', ...bySide.map(quartiles)],
    row('peak memory', ({ peakMemoryBytes }) => gigabytes(peakMemoryBytes)),
  ];
}

/** What a table does not say: who the sides are, how well they agree, the ratio, what was skipped, on what. */
export function summaryLines(record: CaseRecord): string[] {
  const { ours, peer, machine, options, loadAverageBefore } = record;
  return [
    `Ours: ${ours.name}.`,
    ...(peer === undefined ? [] : [`Peer: ${peer.name}.`]),
    ...agreementLines(record),
    ...ratioLines(record),
    ...[ours, ...(peer === undefined ? [] : [peer])].flatMap(fitLines),
    ...(record.skipped === undefined ? [] : [`Not compared: ${record.skipped}.`]),
    `${machine.cpuModel}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}; ${options.threads} threads` +
      `${record.timed ? `, preset ${options.preset}; load ${loadAverageBefore.toFixed(1)} before` : ''}; ${record.measured}.`,
  ];
}

function agreementLines({ agreement, ours, timed }: CaseRecord): string[] {
  if (agreement === undefined) return [];
  const { name, difference } = worstGradient(agreement);
  const gradients = Object.keys(agreement.gradientDifferences).length;
  if (timed && ours.lossNats === undefined)
    return [`Results agree within ${small(difference)} of the largest (${name}).`];
  const batchOf = agreement.of === undefined ? '' : ` of ${agreement.of}`;
  return [
    `Loss agrees within ${small(agreement.lossDifference)}, all ${gradients} gradients within ` +
      `${small(difference)} of their largest entry (${name}), on batch ${agreement.batch}${batchOf}.`,
    ...agreement.passedOver.map(
      (batch) => `Batch ${batch.batch} was passed over: ${small(batch.difference)} in ${batch.name}.`,
    ),
  ];
}

function ratioLines({ spreads, ours, peer }: CaseRecord): string[] {
  if (spreads?.ratio === undefined) return [];
  const { ofMedians, ofPairs } = spreads.ratio;
  const losses = ours.lossNats === undefined ? '' : ` Losses after the last step: ${nats(ours)} and ${nats(peer)}.`;
  return [
    `The peer takes ${ofMedians.toFixed(2)} times as long (quartiles of the pairs: ${ofPairs.lowerQuartile.toFixed(2)} to ` +
      `${ofPairs.upperQuartile.toFixed(2)}).${losses}`,
  ];
}

/** Where a step is a whole fit: two that end at different values are not equally far. */
function fitLines({ name, iterations, lossNats }: Side): string[] {
  if (iterations === undefined) return [];
  const end = lossNats === undefined ? '' : `, at ${lossNats.toFixed(7)} nats`;
  return [`The last fit of ${name} ended after ${iterations} iterations${end}.`];
}

function small(difference: number): string {
  return difference === 0 ? '0' : difference.toExponential(1);
}

function nats(side: Side | undefined): string {
  return `${side?.lossNats?.toFixed(4) ?? 'unknown'} nats`;
}

function quartiles({ lowerQuartile, upperQuartile }: Spread): string {
  return `${duration(lowerQuartile)} to ${duration(upperQuartile)}`;
}

/** `812 ms`, `1.93 s`. */
export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return 'unknown';
  if (milliseconds >= 999.5) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 99.95 ? 1 : 0)} ms`;
}

function gigabytes(bytes: number | undefined): string {
  return bytes === undefined ? 'unknown' : `${(bytes / 1e9).toFixed(2)} GB`;
}
