/** What every pass of the compiler is worth: a case beside itself with that pass left out. */
import { lowerPrimitives, standardPasses } from '@cpc/compile';
import type { BenchmarkCase, CaseTools } from '@cpc/testing';
import type { CaseRecord } from './record.js';
import type { Rows } from './table.js';

/** Nothing can be encoded without it: it is no choice. */
const needed = lowerPrimitives('train').name;
const between = '-without-';

/** Passes that may be left out, in the order in which they are first applied. */
export function optionalPasses(): string[] {
  return [...new Set(standardPasses('train').map(({ name }) => name))].filter((name) => name !== needed);
}

/**
 * The case with itself as its peer. Both must agree in loss and gradients before they are timed, as with any peer, so that a pass which
 * changes results is found here too.
 *
 * @param without - make sides that leave the pass out.
 */
export function withoutPass(subject: BenchmarkCase, pass: string, without: CaseTools): BenchmarkCase {
  return {
    ...subject,
    name: `${subject.name}${between}${pass}`,
    summary: `${subject.summary}; the peer is the same without the pass ${pass}`,
    peer: (input) => subject.ours(input, without),
  };
}

/** The passes that the records of a case are about, the most useful first; nothing where there is no record of it. */
export function passRows(name: string, records: readonly CaseRecord[]): Rows {
  const own = records.flatMap((record) => {
    const { ours, peer, ratio } = record.spreads ?? {};
    const isOwn = record.case.startsWith(name + between);
    return isOwn && ours && peer && ratio
      ? [{ pass: record.case.slice((name + between).length), ours, peer, ratio }]
      : [];
  });
  if (own.length === 0) return [];
  const rows = own
    .sort((left, right) => right.ratio.ofMedians - left.ratio.ofMedians)
    .map(({ pass, ours, peer, ratio: { ofMedians, ofPairs } }) => [
      pass,
      `${ours.median.toFixed(0)} ms`,
      `${peer.median.toFixed(0)} ms`,
      ofMedians.toFixed(3),
      `${ofPairs.lowerQuartile.toFixed(3)} to ${ofPairs.upperQuartile.toFixed(3)}`,
    ]);
  return [['pass', 'step with it', 'without it', 'times as long', 'quartiles of pairs'], ...rows];
}
