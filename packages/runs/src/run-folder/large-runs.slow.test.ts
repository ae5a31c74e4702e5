/** Runs whose files are larger than Node reads, hashes or turns into text in one go. Needs 7 GB of memory and 6 GB of disk. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMetricsLine } from '@cpc/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckpointStore } from '../checkpoints/checkpoints.js';
import { toyRecord } from '../test-support/run-record.js';
import { createRunFolder, readLastMetrics, resumeRunFolder, runPaths } from './run-folder.js';

const gibibyte = 2 ** 30;
const hasMemory = freemem() > 7 * gibibyte;
const reason = hasMemory ? '' : ' (skipped: needs 7 GiB of free memory)';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-large-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!hasMemory)(`a checkpoint of 2.2 GiB${reason}`, () => {
  const length = Math.round((1.1 * gibibyte) / 4);
  /** Ends that would show a piece lost, doubled or moved. */
  function filled(salt: number): Float32Array {
    const data = new Float32Array(length);
    for (let index = 0; index < length; index += 4093) data[index] = index + salt;
    data[length - 1] = salt;
    return data;
  }

  it('is written, read back equal, resumed from, and passed over with 1 bit flipped at its end', async () => {
    const run = await createRunFolder(join(folder, 'run'), toyRecord);
    const first = { step: 1, tensors: { kernel: { shape: [1], data: Float32Array.of(1) } }, metadata: {} };
    await run.checkpoints.save(first);
    const tensors = { a: { shape: [length], data: filled(1) }, b: { shape: [length], data: filled(2) } };
    const path = await run.checkpoints.save({ step: 2, tensors, metadata: { note: 'large' } });
    await run.close();
    expect((await stat(path)).size).toBeGreaterThan(2.19 * gibibyte);

    const resumed = await resumeRunFolder(join(folder, 'run'));
    expect(resumed.resumedStep).toBe(2);
    const back = await resumed.checkpoints.latest();
    await resumed.close();
    expect(back?.metadata).toEqual({ note: 'large' });
    for (const [name, salt] of Object.entries({ a: 1, b: 2 }))
      expect(isEqual(back?.tensors[name]?.data, filled(salt))).toBe(true);

    const file = await open(path, 'r+');
    await file.write(Uint8Array.of(1), 0, 1, (await stat(path)).size - 1);
    await file.close();
    const damaged: string[] = [];
    const store = createCheckpointStore(runPaths(join(folder, 'run')).checkpoints);
    expect((await store.latest(({ path: each }) => damaged.push(each)))?.step).toBe(1);
    expect(damaged).toEqual([path]);
    await rm(join(folder, 'run'), { recursive: true });
  }, 900_000);
});

describe('metrics.jsonl of 600 MB', () => {
  it('is cut back to step 100,000 and the run resumed with less than 400 MB more memory', async () => {
    const run = await createRunFolder(join(folder, 'metrics'), toyRecord);
    const checkpoint = { step: 100_000, tensors: { kernel: { shape: [1], data: Float32Array.of(1) } }, metadata: {} };
    await run.checkpoints.save(checkpoint);
    await run.close();
    const { metrics } = runPaths(join(folder, 'metrics'));
    await writeLines(metrics, 120_000);
    expect((await stat(metrics)).size).toBeGreaterThan(600e6);
    const lastKept = lineOf(100_000);

    const before = process.memoryUsage().rss;
    const resumed = await resumeRunFolder(join(folder, 'metrics'));
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
    expect(resumed.resumedStep).toBe(100_000);
    await resumed.close();
    const last = await readLastMetrics(join(folder, 'metrics'), 3);
    expect(last.map(({ step }) => step)).toEqual([99_998, 99_999, 100_000]);
    const { size } = await stat(metrics);
    expect((await readFile(metrics).then((bytes) => bytes.subarray(size - lastKept.length))).toString()).toBe(lastKept);
  }, 900_000);
});

function isEqual(left: Float32Array | undefined, right: Float32Array): boolean {
  if (left === undefined || left.length !== right.length) return false;
  for (let index = 0; index < right.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

const offsets = Array.from({ length: 250 }, (_, index) => index + 1);

/** About 5 kB, as of a model that predicts many offsets. */
function lineOf(step: number): string {
  const each = offsets.map((offset) => (offset + step) / 1e6);
  return formatMetricsLine({
    time: '2026-01-02T00:00:02.000Z',
    step,
    lossNats: 1,
    accuracy: each.map((value) => Math.min(1, value)),
    boundNats: each,
    offsets,
    firstPredictionStep: 1,
    gradientNorm: 1,
    learningRate: 1e-4,
    stepMilliseconds: 1,
    inputWaitMilliseconds: 0,
    examplesPerSecond: 1,
    trainedSeconds: step,
  });
}

async function writeLines(path: string, count: number): Promise<void> {
  const stream = createWriteStream(path);
  for (let step = 1; step <= count; step++) {
    if (!stream.write(lineOf(step))) await new Promise<void>((resolve) => stream.once('drain', resolve));
  }
  await new Promise<void>((resolve) => stream.end(resolve));
}
