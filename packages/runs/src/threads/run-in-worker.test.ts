import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { toyRecord } from '../test-support/run-record.js';

beforeAll(() => ensureBuilt('@cpc/runs'), 300_000); // a worker runs built files

// In a process of its own: this one resolves packages to their sources, which a worker cannot run.
it('a worker that is left after its first event frees its run folder: for the next worker, and for its process', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'cpc-worker-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const program = fileURLToPath(new URL('../fixtures/leave-workers.mjs', import.meta.url));
  const args = [program, join(parent, 'run'), JSON.stringify(toyRecord)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout.trim().split('\n')).toEqual(['open', 'open', 'closed']);
}, 60_000);

async function stopped(method: 'forever' | 'locked') {
  const folder = await mkdtemp(join(tmpdir(), 'cpc-worker-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = fileURLToPath(new URL('../fixtures/stop-worker.mjs', import.meta.url));
  const env = { ...process.env, TMPDIR: folder };
  const { stdout } = await promisify(execFile)(process.execPath, [program, method, folder, JSON.stringify(toyRecord)], {
    env,
    timeout: 30_000,
  });
  const names = await readdir(folder, { recursive: true });
  return {
    ...JSON.parse(stdout),
    left: names.filter((name) => /lock|tmp|cpc-busy/.test(name)),
  };
}

it('work that computes for ever and does not look at the stop is ended after 1 s, and its 2 temporary files are deleted', async () => {
  expect(await stopped('forever')).toMatchObject({ events: ['begun'], left: [] });
}, 60_000);

it('work that holds a lock is not ended: its 2 s of computing, its release and its last event come', async () => {
  expect(await stopped('locked')).toMatchObject({ events: ['begun', 'finished'], left: [] });
}, 60_000);
