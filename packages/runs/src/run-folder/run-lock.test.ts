import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createSilenceWatch } from './lock-heartbeat.js';
import { ownMark } from './process-mark.js';
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

/** A lock of a process that cannot be asked. */
const foreign = { beat: '0000000000', host: 'elsewhere', boot: 'other', pidNamespace: 'pid:[1]', pid: process.pid };

/** Gives a sign of life every 20 ms. */
function beating(): { readonly stop: () => void } {
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    writeFileSync(
      path,
      JSON.stringify({ ...foreign, id: 'left', thread: 0, purpose, beat: String(count).padStart(10, '0') }),
    );
  }, 20);
  return { stop: () => clearInterval(timer) };
}

describe('a lock of another container, machine or start of the machine', () => {
  const silenceMilliseconds = 600;

  it.each([
    ['another machine', { host: 'elsewhere' }],
    ['another PID namespace', { pidNamespace: 'pid:[1]' }],
    ['an earlier start', { boot: 'earlier' }],
  ])('of %s that gives no sign of life is taken over after 0.6 s, not before, with 1 message', async (_, change) => {
    await leaveLock({ ...(await ownMark()), beat: '0000000000', ...change, pid: deadPid() });
    const said: string[] = [];
    const begun = performance.now();
    const lock = await takeLock(path, { purpose, silenceMilliseconds, onWait: (message) => said.push(message) });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(silenceMilliseconds);
    expect(said).toEqual([
      expect.stringMatching(/^process \d+ on .*another container or on another machine.*up to 1 s/),
    ]);
    expect(lock.silent).toHaveLength(1);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('whose number grows is refused, though this process’s own number stands in it', async () => {
    await leaveLock(foreign);
    const life = beating();
    await expect(takeLock(path, { purpose, silenceMilliseconds })).rejects.toThrow(
      /process \d+ on elsewhere is training. Wait for it or end it. If it is gone, the folder is free 30 s later/,
    );
    life.stop();
  });

  it('whose file is from 1970 or from 2100, as of a clock set wrong, is taken over as any other', async () => {
    for (const seconds of [1, 4_102_444_800]) {
      await leaveLock(foreign);
      await utimes(path, seconds, seconds);
      await (await takeLock(path, { purpose, silenceMilliseconds })).release();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over by 1 of 5 that come at once', async () => {
    await leaveLock(foreign);
    const all = Array.from({ length: 5 }, () => takeLock(path, { purpose, silenceMilliseconds }));
    const outcomes = await Promise.allSettled(all);
    const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(taken).toHaveLength(1);
    await taken[0]?.value.release();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a takeover that was left half done', () => {
  it.each([
    ['a process that is gone', () => ({ pid: deadPid() }), 1],
    ['a process of another machine', () => foreign, 4_102_444_800],
  ])('by %s does not hold up the next one, whatever the clock says', async (_, change, seconds) => {
    await leaveLock({ pid: deadPid() });
    const turn = `${path}.left.takeover`;
    await writeFile(turn, JSON.stringify({ id: 'taker', host: hostname(), thread: 0, purpose, ...change() }));
    await utimes(turn, seconds, seconds);
    await writeFile(
      `${path}.takeover`,
      JSON.stringify({ id: 'old', host: hostname(), thread: 0, purpose, pid: deadPid() }),
    );
    await (await takeLock(path, { purpose, silenceMilliseconds: 300 })).release();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('drafts that killed processes left', () => {
  it('are deleted with the next lock; those of living processes and other machines stay', async () => {
    const draft = async (name: string, change: object, seconds?: number) => {
      const file = `${path}.${name}.tmp`;
      await writeFile(file, JSON.stringify({ id: name, host: hostname(), thread: 0, purpose, ...change }));
      if (seconds !== undefined) await utimes(file, seconds, seconds);
    };
    await draft('gone', { pid: deadPid() });
    await draft('alive', { pid: process.pid });
    await draft('foreign', foreign);
    await draft('foreign-old', foreign, 1e9);
    await (await takeLock(path, { purpose })).release();
    expect((await readdir(folder)).sort()).toEqual(['run.lock.alive.tmp', 'run.lock.foreign.tmp']);
  });
});

describe('a holder', () => {
  it('that lost its lock to another finds out before it writes, and does not take the other’s lock with it', async () => {
    const lock = await takeLock(path, { purpose });
    await lock.requireHeld();
    await leaveLock({ id: 'other', pid: 7, host: 'elsewhere' });
    await expect(lock.requireHeld()).rejects.toThrow(
      /the lock of this process, received that of process 7 on elsewhere/,
    );
    await lock.release();
    expect(await readdir(folder)).toEqual(['run.lock']);
  });

  it('whose lock was deleted by hand takes it again', async () => {
    const lock = await takeLock(path, { purpose });
    await rm(path);
    await lock.requireHeld();
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives 1 sign of life in its file within 5 s, even while its thread is busy', async () => {
    const lock = await takeLock(path, { purpose, isLong: true });
    await sleep(500); // the thread that counts starts
    const until = performance.now() + 5_000;
    let beat = '0000000000';
    while (beat === '0000000000' && performance.now() < until) beat = JSON.parse(readFileSync(path, 'utf8')).beat;
    expect(Number(beat)).toBeGreaterThan(0);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('watching for silence', () => {
  it('counts 500 ms at most of a pause of its own of an hour, and starts again at a change', () => {
    let now = 0;
    const watch = createSilenceWatch(1_000, () => now);
    expect(watch.judge('a', 'x')).toBe('unknown');
    now += 3_600_000;
    expect(watch.judge('a', 'x')).toBe('unknown');
    now += 499;
    expect(watch.judge('a', 'x')).toBe('unknown');
    expect(watch.judge('a', 'y')).toBe('alive');
    now += 500;
    expect(watch.judge('a', 'y')).toBe('alive');
    now += 500;
    expect(watch.judge('a', 'y')).toBe('gone');
  });
});
