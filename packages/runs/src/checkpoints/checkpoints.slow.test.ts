/** Checkpoints under SIGKILL, in a child that runs the built package: skipped where it is not built. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '@cpc/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckpointStore } from './checkpoints.js';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const isBuilt = existsSync(join(packageFolder, 'dist/index.js'));
const reason = isBuilt ? '' : ' (skipped: @cpc/runs is not built; npm run build)';

/** Saves step after step, from the newest good one on, and prints each once it is safe. */
const saveForever = `
import { createCheckpointStore } from '@cpc/runs';
const store = createCheckpointStore(process.argv[1]);
const data = new Float32Array(500_000);
const newest = await store.latest(({ reason }) => console.log('damaged', reason));
console.log('from', newest?.step ?? 0);
for (let step = (newest?.step ?? 0) + 1; ; step++) {
  await store.save({ step, tensors: { kernel: { shape: [data.length], data: data.fill(step) } }, metadata: {} });
  console.log('saved', step);
}`;

/** What the child printed until it was killed, some milliseconds after its first line. */
async function printedUntilKilled(folder: string, milliseconds: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', saveForever, folder], { cwd: packageFolder });
  let printed = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await Promise.race([ended, new Promise((resolve) => child.stdout.once('data', resolve))]);
  await delay(milliseconds);
  child.kill('SIGKILL');
  await ended;
  expect(errors).toBe('');
  return printed.split('\n').filter((line) => line !== '');
}

describe.skipIf(!isBuilt)(`checkpoints of a process that is killed 40 times${reason}`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cpc-kill-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are never damaged, and none that was reported as saved is ever lost', async () => {
    const random = createRandom(1);
    let lastSaved = 0;
    for (let kill = 0; kill < 40; kill++) {
      const lines = await printedUntilKilled(folder, random.integer(120));
      const [first = ''] = lines;
      expect(first).toMatch(/^from \d+$/);
      expect(Number(first.slice('from '.length))).toBeGreaterThanOrEqual(lastSaved);
      const saved = lines.filter((line) => line.startsWith('saved ')).at(-1);
      if (saved !== undefined) lastSaved = Number(saved.slice('saved '.length));
    }
    expect(lastSaved).toBeGreaterThan(20);
    const data = (await createCheckpointStore(folder).latest())?.tensors.kernel?.data;
    expect(data?.every((value) => value === data[0] && value >= lastSaved)).toBe(true);
    const checkpoints = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
    expect(checkpoints.length).toBeLessThanOrEqual(4); // 3, and one more if the kill came before the oldest was dropped
  }, 120_000);
});
