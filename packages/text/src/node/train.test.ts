/** Threads that draw the batches run built files. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Control, readMetrics, readRunRecord, runPaths, type TrainRequest } from '@cpc/runs';
import { ensureBuilt } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as batches from './batches.js';
import { trainText } from './train.js';

vi.mock('./batches.js', { spy: true });

let folder: string;
beforeAll(async () => {
  await ensureBuilt('@cpc/text');
  folder = await mkdtemp(join(tmpdir(), 'cpc-text-train-'));
  const lines = Array.from({ length: 200 }, (_, at) => `It rained ${at % 7} times. Nobody came on day ${at}.`);
  await writeFile(join(folder, 'book.txt'), lines.join('\n'));
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

const set = (value: number) => ({ value, source: 'set' }) as const;
const always: Control = { stopRequested: () => false };

async function train(out: string, change: Partial<TrainRequest>): Promise<Buffer> {
  const request: TrainRequest = {
    ...{
      data: join(folder, 'book.txt'),
      preset: 'small',
      steps: 6,
      seed: 3,
      resume: false,
      strict: false,
      command: 'test',
    },
    overrides: {
      ...{ embeddingSize: set(4), channels: set(6), contextUnits: set(5), batchSize: set(4), negativeCount: set(16) },
      maxWords: set(9),
    },
    engine: { name: 'onnx', threads: 1 },
    out: join(folder, out),
    ...change,
  };
  for await (const _ of trainText(request, always));
  return readFile(runPaths(request.out).model);
}

describe('text train', () => {
  it('ends with the same bytes whether this thread, 1 or 3 others draw the batches, and tells the wait for them', async () => {
    const own = await train('own', { workers: 0 });
    for (const workers of [1, 3]) {
      expect((await train(`by-${workers}`, { workers })).equals(own)).toBe(true);
      expect(vi.mocked(batches.startTextWorkers)).toHaveBeenLastCalledWith(expect.anything(), workers);
      const { figures } = await readRunRecord(join(folder, `by-${workers}`));
      expect(figures.inputWaitMilliseconds?.count).toBe(6);
      expect(await readMetrics(join(folder, `by-${workers}`))).toHaveLength(6);
    }
    expect((await train('other seed', { workers: 1, seed: 4 })).equals(own)).toBe(false);
  });

  it('draws built-in stories in 2 threads as in this one', async () => {
    const change = { data: 'builtin', steps: 2 };
    const own = await train('own stories', { ...change, workers: 0 });
    expect((await train('others stories', { ...change, workers: 2 })).equals(own)).toBe(true);
  });

  it('goes on after 2 of 6 steps with 2 threads as in one go', async () => {
    const whole = await train('whole', { workers: 2 });
    await train('halves', { workers: 2, steps: 2 });
    expect((await train('halves', { workers: 2, resume: true })).equals(whole)).toBe(true);
  });
});
