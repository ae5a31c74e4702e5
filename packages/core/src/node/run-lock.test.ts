import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { markThreadsEnded, takeLock, withLock } from './run-lock.js';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-lock-'));
  path = join(folder, 'run.lock');
});
afterEach(() => rm(folder, { recursive: true }));

const purpose = 'is training';

/** A process number that was in use a moment ago. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

async function leaveLock(change: Readonly<Record<string, unknown>>): Promise<void> {
  const left = { id: 'left', pid: process.pid, host: hostname(), thread: 0, purpose };
  await writeFile(path, JSON.stringify({ ...left, ...change }));
}

describe('a lock', () => {
  it('is held by 1 at a time, and its file goes with it', async () => {
    const first = await takeLock(path, { purpose });
    await expect(takeLock(path, { purpose })).rejects.toThrow(
      new RegExp(`run\\.lock: .*process ${process.pid} is training.*delete .*run\\.lock`),
    );
    await first.release();
    await first.release();
    await (await takeLock(path, { purpose })).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets 20 at once add 1 to a file, none of them in vain', async () => {
    const counter = join(folder, 'counter');
    await writeFile(counter, '0');
    const add = async () => {
      const before = Number(await readFile(counter, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 1));
      await writeFile(counter, String(before + 1));
    };
    await Promise.all(Array.from({ length: 20 }, () => withLock(path, { purpose, waitMilliseconds: 30_000 }, add)));
    expect(await readFile(counter, 'utf8')).toBe('20');
  });

  it('is given back when the work under it fails', async () => {
    const failing = withLock(path, { purpose }, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a lock that was left behind', () => {
  it.each([
    ['by a process that is gone', () => ({ pid: deadPid() })],
    ['half written', () => ({ pid: 'x' })],
  ])('%s is taken over', async (_, change) => {
    await leaveLock(change());
    await (await takeLock(path, { purpose })).release();
    expect(await readdir(folder)).toEqual([]);
  });

  const isLinux = process.platform === 'linux';
  const reason = isLinux ? '' : ' (skipped: only Linux tells when a process began)';
  it.skipIf(!isLinux)(`by an earlier process with the number of this one is taken over${reason}`, async () => {
    await leaveLock({ began: '1' });
    await (await takeLock(path, { purpose })).release();
  });

  it('by thread 4711 of this process is taken over once that thread has ended, not before', async () => {
    await leaveLock({ thread: 4711 });
    await expect(takeLock(path, { purpose })).rejects.toThrow(/is training/);
    markThreadsEnded([4711]);
    await (await takeLock(path, { purpose })).release();
  });

  it('by a process of another machine is not, and that machine is named', async () => {
    await leaveLock({ host: 'elsewhere', pid: 7 });
    await expect(takeLock(path, { purpose })).rejects.toThrow(/process 7 on elsewhere is training/);
  });

  it('is taken over by 1 of 10 that come at once, 20 times over', async () => {
    const pid = deadPid();
    for (let round = 0; round < 20; round++) {
      await leaveLock({ pid });
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => takeLock(path, { purpose })));
      const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(taken).toHaveLength(1);
      await taken[0]?.value.release();
    }
    expect(await readdir(folder)).toEqual([]);
  });
});
