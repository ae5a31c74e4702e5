import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMetricsLine, type MetricsLine } from '@cpc/records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cutOff, endOfSteps, metricsLines } from './metrics-file.js';

let path = '';
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'cpc-metrics-')), 'metrics.jsonl');
});
afterEach(() => rm(join(path, '..'), { recursive: true }));

function lineOf(step: number): string {
  return formatMetricsLine({
    time: '2026-01-02T00:00:02.000Z',
    step,
    lossNats: 1 / step,
    accuracy: [],
    boundNats: [],
    offsets: [],
    firstPredictionStep: 1,
    gradientNorm: 1,
    learningRate: 1e-4,
    stepMilliseconds: 1,
    inputWaitMilliseconds: 0,
    examplesPerSecond: 1,
    trainedSeconds: step,
  });
}

const linesTo = (last: number) => Array.from({ length: last }, (_, index) => lineOf(index + 1)).join('');

async function allLines(): Promise<MetricsLine[]> {
  const lines: MetricsLine[] = [];
  for await (const { line } of metricsLines(path)) lines.push(line);
  return lines;
}

describe('metrics.jsonl, line by line', () => {
  it('of 8,000 steps in more than 2 pieces of 1 MiB gives each step once', async () => {
    const text = linesTo(8_000);
    expect(text.length).toBeGreaterThan(2 * 2 ** 20 - 2 ** 19);
    await writeFile(path, text);
    expect((await allLines()).map(({ step }) => step)).toEqual(Array.from({ length: 8_000 }, (_, index) => index + 1));
  });

  it('that is not there has 0 lines', async () => {
    expect(await allLines()).toEqual([]);
    expect(await endOfSteps(path, 5)).toBe(0);
    await cutOff(path, 0);
  });

  it('cut off behind step 3, or in the middle of step 4, keeps the bytes of 3 steps', async () => {
    for (const text of [linesTo(5), linesTo(3) + lineOf(4).slice(0, -20), linesTo(3)]) {
      await writeFile(path, text);
      await cutOff(path, await endOfSteps(path, 3));
      expect(await readFile(path, 'utf8')).toBe(linesTo(3));
    }
  });

  it('with a damaged line 2, or step 1 after step 3, is refused with the number of the line', async () => {
    await writeFile(path, linesTo(3).replace('"step":2', '"step":"two"'));
    await expect(endOfSteps(path, 3)).rejects.toThrow(/metrics\.jsonl:2: .*step: /);
    await writeFile(path, linesTo(3) + lineOf(1));
    await expect(endOfSteps(path, 3)).rejects.toThrow(/metrics\.jsonl:4: expected a step after 3, received 1/);
  });

  it('with 20 MB without a line end is refused before it fills the memory', async () => {
    await writeFile(path, Buffer.alloc(20e6, 0x20));
    await expect(endOfSteps(path, 3)).rejects.toThrow(/lines of at most 16777216 bytes/);
  });
});
