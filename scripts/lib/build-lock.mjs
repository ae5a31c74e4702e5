/**
 * One build of this checkout at a time: two that write one `dist` would leave a mixture.
 *
 * The lock is a file that holds the number of the process. One whose process is gone was left by a kill, and is removed.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // given back meanwhile
  }
}

function exists(pid) {
  try {
    process.kill(pid, 0); // asks, and sends nothing
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Does work while no other process does any under the same lock; waits for those.
 *
 * @param path - the lock's file; its folder is made.
 * @param options - `pauseMilliseconds` between two looks; `onWait(pid)` is called once if there is something to wait for.
 */
export async function withBuildLock(path, work, { pauseMilliseconds = 200, onWait = () => undefined } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  for (let looks = 0; !take(path); ) {
    const pid = holderOf(path);
    if (pid === undefined) continue;
    if (pid > 0 && exists(pid)) {
      if (looks++ === 0) onWait(pid);
      await sleep(pauseMilliseconds);
    } else rmSync(path, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
