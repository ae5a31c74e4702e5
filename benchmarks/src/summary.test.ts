import { describe, expect, it } from 'vitest';
import { duration, summaryLines, summaryRows } from './summary.js';
import { exampleRecord } from './test-support/records.js';

/** The example without its peer. */
function alone() {
  const { peer, agreement, spreads, ...rest } = exampleRecord({ skipped: 'python3 is not on the PATH' });
  return { ...rest, ...(spreads === undefined ? {} : { spreads: { ours: spreads.ours } }) };
}

describe('summaryRows', () => {
  it('sets 5 figures of 2 sides, and says where one is unknown', () => {
    expect(summaryRows(exampleRecord())).toEqual([
      ['', 'ours', 'peer'],
      ['prepare', '1.88 s', '42.0 ms'],
      ['first gradients', '3.00 s', '2.00 s'],
      ['step, median of 3', '812 ms', '1.62 s'],
      ['step, quartiles', '800 ms to 900 ms', '800 ms to 900 ms'],
      ['peak memory', '2.63 GB', 'unknown'],
    ]);
  });

  it('sets 1 side where the other was skipped', () => {
    expect(summaryRows(alone()).map((row) => row.length)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it('leaves the row of first gradients out where no side has them, so that 5 are left', () => {
    const record = alone();
    const { firstGradientsMilliseconds, ...ours } = record.ours;
    expect(summaryRows({ ...record, ours }).map(([label]) => label)).toEqual([
      '',
      'prepare',
      'step, median of 3',
      'step, quartiles',
      'peak memory',
    ]);
  });

  it('sets 0 rows where nothing was timed', () => {
    const { spreads, ...untimed } = exampleRecord();
    expect(summaryRows(untimed)).toEqual([]);
  });
});

describe('summaryLines', () => {
  it('tells the agreement of 2 gradients, the ratio 2.00 and the machine', () => {
    const text = summaryLines(exampleRecord()).join('\n');
    expect(text).toContain('all 2 gradients within 2.2e-6 of their largest entry (encoder/conv1/kernel), on batch 2.');
    expect(text).toContain('Batch 1 was passed over: 3.9e-4 in encoder/conv1/bias.');
    expect(text).toContain('takes 2.00 times as long (quartiles of the pairs: 1.90 to 2.10)');
    expect(text).toContain('4.5000 nats and 4.5001 nats');
    expect(text).toContain('CPU X, 2 cores, linux-x64, Node 20.19.0; 2 threads, preset paper; load 0.1 before');
  });

  it('tells that the batch was one of 2 images, where it was', () => {
    const { agreement } = exampleRecord();
    if (agreement === undefined) throw new Error('the example has an agreement');
    const text = summaryLines(exampleRecord({ agreement: { ...agreement, of: '2 images' } })).join('\n');
    expect(text).toContain('(encoder/conv1/kernel), on batch 2 of 2 images.');
  });

  it('tells where 2 whole fits ended, to 7 digits', () => {
    const { ours, peer } = exampleRecord();
    if (peer === undefined) throw new Error('the example has a peer');
    const text = summaryLines(
      exampleRecord({ ours: { ...ours, iterations: 160 }, peer: { ...peer, iterations: 170 } }),
    ).join('\n');
    expect(text).toContain('The last fit of @cpc, engine ended after 160 iterations, at 4.5000000 nats.');
    expect(text).toContain('The last fit of PyTorch ended after 170 iterations, at 4.5001000 nats.');
  });

  it('tells of results instead of a loss and 2 gradients where nothing is minimised', () => {
    const { lossNats, ...ours } = exampleRecord().ours;
    const text = summaryLines(exampleRecord({ ours })).join('\n');
    expect(text).toContain('Results agree within 2.2e-6 of the largest (encoder/conv1/kernel).');
    expect(text).toContain('takes 2.00 times as long');
    expect(text).not.toMatch(/nats|gradients/);
  });

  it('tells why there is 1 side only', () => {
    expect(summaryLines(alone())).toContain('Not compared: python3 is not on the PATH.');
  });
});

it('shows 7.25, 99.96, 812.4 and 999.6 ms with three digits', () => {
  expect([7.25, 99.96, 812.4, 999.6].map(duration)).toEqual(['7.3 ms', '100 ms', '812 ms', '1.00 s']);
});
