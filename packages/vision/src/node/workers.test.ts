import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '@cpc/records';
import { readRunRecord, runPaths, type TrainRequest } from '@cpc/runs';
import { ensureBuilt } from '@cpc/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainVision } from './train.js';

let folder: string;
beforeAll(async () => {
  await ensureBuilt('@cpc/vision');
  folder = await mkdtemp(join(tmpdir(), 'cpc-vision-workers-'));
  await mkdir(join(folder, 'data'));
  for (let index = 0; index < 8; index++) {
    const background = { r: 30 * index, g: 100, b: 250 - 30 * index };
    const image = sharp({ create: { width: 30, height: 30, channels: 3, background } });
    await image.png().toFile(join(folder, 'data', `${index}.png`));
  }
  await writeFile(join(folder, 'data', 'bad.jpg'), 'no picture');
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

const set = (value: number | string) => ({ value, source: 'set' }) as const;

async function trained(data: string, out: string, workers: number): Promise<TrainingEvent[]> {
  const request: TrainRequest = {
    ...{ data, out: join(folder, out), workers, preset: 'small', steps: 5, seed: 3 },
    overrides: {
      ...{ resizePixels: set(20), patchPixels: set(8), patchStride: set(4), gridSize: set(3), subcropPixels: set(7) },
      ...{ depth: set(18), width: set(4), contextUnits: set(6), contextBlocks: set(1), lastOffset: set(2) },
      ...{ batchSize: set(4), negativeCount: set(8) },
    },
    engine: { name: 'onnx', threads: 1 },
    ...{ resume: false, strict: false, command: 'test' },
  };
  const events: TrainingEvent[] = [];
  for await (const event of trainVision(request, { stopRequested: () => false })) events.push(event);
  return events;
}

const model = (out: string) => readFile(runPaths(join(folder, out)).model);

describe('pictures drawn in 2 threads', () => {
  it('train to the same bytes as those drawn in the training thread, and tell the damaged one once', async () => {
    const data = join(folder, 'data');
    const alone = await trained(data, 'alone', 0);
    const threads = await trained(data, 'threads', 2);
    expect((await model('threads')).equals(await model('alone'))).toBe(true);
    for (const [events, out] of [
      [alone, 'alone'],
      [threads, 'threads'],
    ] as const) {
      expect(events.filter(({ type }) => type === 'input-damaged')).toHaveLength(1);
      expect((await readRunRecord(join(folder, out))).data.skipped).toEqual([
        { file: 'bad.jpg', reason: expect.stringMatching(/^bad\.jpg: expected one whole JPEG/) },
      ]);
    }
  });

  it('are the same built-in scenes, too', async () => {
    await trained('builtin', 'scenes', 0);
    await trained('builtin', 'scenes-threads', 2);
    expect((await model('scenes-threads')).equals(await model('scenes'))).toBe(true);
  });
});
