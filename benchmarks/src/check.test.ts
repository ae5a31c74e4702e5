import type { BenchmarkCase, CaseTools } from '@cpc/testing';
import { describe, expect, it } from 'vitest';
import { compareRecords, comparisonRows } from './check.js';
import { measure } from './measure.js';
import { noInput } from './test-support/no-input.js';
import { exampleRecord } from './test-support/records.js';

const options = {
  preset: 'paper',
  threads: 2,
  pairs: 5,
  warmUpSteps: 1,
  settleMilliseconds: 0,
  report: () => undefined,
};
const unused = () => Promise.reject(new Error('not used'));
const tools: CaseTools = { trainingStep: unused, ownSide: unused, encoding: unused, pythonTwin: unused };

/** A case whose step takes `ours` ms and its peer's `peer` ms, each give or take 2 %. */
function timedCase(ours: number, peer: number): BenchmarkCase {
  const side = (name: string, milliseconds: number) => ({
    ...{ name, versions: {}, prepareMilliseconds: 1, notes: {} },
    check: async () => ({ milliseconds: 1, lossNats: 1, gradients: { kernel: Float32Array.of(1) } }),
    step: async (number: number) => ({ milliseconds: milliseconds * (1 + 0.02 * ((number % 3) - 1)) }),
    peakMemoryBytes: async () => undefined,
    dispose: async () => undefined,
  });
  return {
    ...{ name: 'pair', summary: 'two sides', timed: true, prepare: async () => noInput() },
    ours: async () => side('ours', ours),
    peer: async () => side('peer', peer),
  };
}

const measured = (ours: number, peer: number) => measure(timedCase(ours, peer), options, tools, 'bench pair');

describe('compareRecords', () => {
  it('finds a step that takes 115 ms instead of 100 beside a peer of 90 slower, one of 105 ms as committed', async () => {
    const committed = await measured(100, 90);
    expect(compareRecords(committed, await measured(115, 90))).toMatchObject({
      ...{ case: 'pair', verdict: 'slower', committedRatio: 0.9 },
      measuredRatio: expect.closeTo(90 / 115, 10),
    });
    expect(compareRecords(committed, await measured(105, 90)).verdict).toBe('as committed');
  });

  it('compares ratios: on a machine of half the speed nothing is slower, and being faster is no fault', async () => {
    const committed = await measured(100, 90);
    expect(compareRecords(committed, await measured(200, 180)).verdict).toBe('as committed');
    expect(compareRecords(committed, await measured(50, 90)).verdict).toBe('as committed');
  });

  it('calls a fall from 2 to 1.5 noise where the pairs reach from 1.3 to 2.2', () => {
    const committed = exampleRecord();
    const { spreads } = committed;
    const ofPairs = { minimum: 1, lowerQuartile: 1.3, median: 1.5, upperQuartile: 2.2, maximum: 3 };
    const ratio = { ofMedians: 1.5, ofPairs };
    const record = (upperQuartile: number) =>
      exampleRecord({
        ...(spreads && { spreads: { ...spreads, ratio: { ...ratio, ofPairs: { ...ofPairs, upperQuartile } } } }),
      });
    expect(compareRecords(committed, record(2.2)).verdict).toBe('as committed');
    expect(compareRecords(committed, record(1.6)).verdict).toBe('slower');
  });

  it('says why where there is no record, no peer, or a record of another preset or other threads', () => {
    const now = exampleRecord();
    const reasons = [
      compareRecords(undefined, now),
      compareRecords(now, exampleRecord({ spreads: undefined, skipped: 'no torch' })),
      compareRecords(exampleRecord({ options: { ...now.options, threads: 4 } }), now),
    ];
    expect(reasons.map(({ verdict }) => verdict)).toEqual(Array(3).fill('not compared'));
    expect(reasons.map(({ reason }) => reason)).toEqual([
      'no record of it is committed: bench audio --save',
      'no torch',
      'its committed record is of preset paper on 4 threads, this is of preset paper on 2 threads',
    ]);
  });
});

it('comparisonRows shows ratios of 2 digits and why a case was not compared', () => {
  const rows = comparisonRows([
    { case: 'audio', verdict: 'slower', committedRatio: 0.913, measuredRatio: 0.7 },
    { case: 'text', verdict: 'not compared', reason: 'no torch' },
  ]);
  expect(rows.slice(1)).toEqual([
    ['audio', '0.91', '0.70', 'slower'],
    ['text', '', '', 'not compared: no torch'],
  ]);
});
