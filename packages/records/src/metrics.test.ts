import { describe, expect, it } from 'vitest';

import { events, metricsLine } from './fixtures/examples.js';
import { formatMetricsLine, metricsLineOf, parseMetrics } from './metrics.js';

const threeLines = [1, 2, 3].map((step) => formatMetricsLine({ ...metricsLine, step })).join('');

describe('metrics.jsonl', () => {
  it('of 3 lines is read as 3 steps', () => {
    expect(parseMetrics(threeLines, 'metrics.jsonl').map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  it('of 0 bytes is read as 0 steps', () => {
    expect(parseMetrics('', 'metrics.jsonl')).toEqual([]);
  });

  it('cut off anywhere in its third line is read as 2 steps', () => {
    const endOfSecond = threeLines.indexOf('\n', threeLines.indexOf('\n') + 1) + 1;
    for (let length = endOfSecond; length < threeLines.length; length++) {
      expect(parseMetrics(threeLines.slice(0, length), 'metrics.jsonl')).toHaveLength(2);
    }
  });

  it('with a damaged second line is refused as metrics.jsonl:2', () => {
    const text = threeLines.replace('"step":2', '"step":"two"');
    expect(() => parseMetrics(text, 'metrics.jsonl')).toThrow(/^metrics\.jsonl:2: .*step: /);
  });

  it('with step 1 after step 3 is refused as metrics.jsonl:4', () => {
    expect(() => parseMetrics(threeLines + formatMetricsLine(metricsLine), 'metrics.jsonl')).toThrow(
      /^metrics\.jsonl:4: expected a step after 3, received 1/,
    );
  });
});

describe('a metrics line', () => {
  it('of offsets 2 and 5 comes back unchanged; of offset 2 twice, or of 3 offsets for 2 accuracies, it is refused', () => {
    const line = { ...metricsLine, firstPredictionStep: 2, offsets: [2, 5] };
    expect(parseMetrics(formatMetricsLine(line), 'metrics.jsonl')).toEqual([line]);
    expect(() => formatMetricsLine({ ...line, offsets: [2, 2] })).toThrow(/no offset twice/);
    expect(() => formatMetricsLine({ ...line, offsets: [2, 3, 4] })).toThrow(/one entry each/);
  });

  it('holds what the step-end event holds, and the time instead of the type', () => {
    expect(metricsLineOf(events['step-end'], new Date(metricsLine.time))).toEqual(metricsLine);
  });

  it('is not written with a loss of NaN, which JSON would turn into null', () => {
    expect(() => formatMetricsLine({ ...metricsLine, lossNats: Number.NaN })).toThrow(/lossNats: .*NaN/);
  });
});
