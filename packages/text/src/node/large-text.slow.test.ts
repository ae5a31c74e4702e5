/** 1 GB of stories, made from a seed: what training on it needs, measured in a process of its own. Runs built files. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { readRunRecord } from '@cpc/runs';
import { ensureBuilt } from '@cpc/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStories } from '../synthesis/stories.js';

const script = join(import.meta.dirname, 'fixtures', 'train-on.mjs');

let folder: string;
beforeAll(async () => {
  await ensureBuilt('@cpc/text');
  folder = await mkdtemp(join(tmpdir(), 'cpc-large-'));
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Stories with a paragraph a line and a heading each, about 460 kB by seed, until there are so many bytes. */
async function writeStories(path: string, bytes: number): Promise<void> {
  const file = createWriteStream(path);
  for (let [seed, written] = [1, 0]; written < bytes; seed++) {
    const stories = createStories({ seed, stories: 600, sentences: 20 });
    const text = stories.map((story) => `CHAPTER\n${story.join(' ')}\n\n`).join('');
    written += text.length;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

async function trainedOn(megabytes: number) {
  const data = join(folder, `${megabytes}.txt`);
  const run = join(folder, `run-${megabytes}`);
  await writeStories(data, megabytes * 1e6);
  const { stdout } = await promisify(execFile)(process.execPath, [script, data, run]);
  await rm(data);
  const figures: { prepareSeconds: number; seconds: number; peakBytes: number } = JSON.parse(stdout);
  return { ...figures, record: await readRunRecord(run) };
}

it('trains on 1 GB within 250 MB more memory than on 20 MB', async () => {
  const [small, large] = [await trainedOn(20), await trainedOn(1000)];
  expect(large.record.data.counts.sentences).toBeGreaterThan(20_000_000);
  expect(large.record.totals.steps).toBe(20);
  expect(large.peakBytes - small.peakBytes).toBeLessThan(250e6);
  process.stderr.write(
    `1 GB: ${JSON.stringify({ ...large, record: undefined })}; 20 MB: ${JSON.stringify({ ...small, record: undefined })}\n`,
  );
}, 3_600_000);
