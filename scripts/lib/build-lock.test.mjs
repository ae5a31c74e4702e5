import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withBuildLock } from './build-lock.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpc-build-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pathIn = (...names) => join(folder, ...names);

it('lets 5 builds run one after another, and leaves no file', async () => {
  const path = pathIn('deep', 'build.lock');
  let running = 0;
  let most = 0;
  const build = async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(5);
    running -= 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => withBuildLock(path, build, { pauseMilliseconds: 1 })));
  expect([most, existsSync(path)]).toEqual([1, false]);
});

it('says once which process it waits for', async () => {
  const path = pathIn('build.lock');
  const said = [];
  const first = withBuildLock(path, () => sleep(50));
  await withBuildLock(path, async () => undefined, { pauseMilliseconds: 5, onWait: (pid) => said.push(pid) });
  await first;
  expect(said).toEqual([process.pid]);
});

it('takes over from a process that is gone, and from a file without a number', async () => {
  for (const left of [String(spawnSync(process.execPath, ['--version']).pid), '']) {
    writeFileSync(pathIn('build.lock'), left);
    expect(await withBuildLock(pathIn('build.lock'), async () => 7)).toBe(7);
  }
});

it('is given back when the build fails', async () => {
  const failing = withBuildLock(pathIn('build.lock'), () => Promise.reject(new Error('no types')));
  await expect(failing).rejects.toThrow('no types');
  expect(existsSync(pathIn('build.lock'))).toBe(false);
});
