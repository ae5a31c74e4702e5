/**
 * The sign of life of a lock: a number in its file that grows while it is held.
 *
 * Whoever cannot ask whether the holder's process lives watches the number, by its own clock. A thread of its own counts, because a
 * training step may keep its thread busy for long. The number has a fixed width and place, so that a reader never sees half of it.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Between two signs of life. */
export const beatMilliseconds = 2_000;

const beatDigits = 10;

/** The number as it stands in a new lock. It is the first field, at {@link beatOffset}. */
export const firstBeat = '0'.repeat(beatDigits);
const beatOffset = '{"beat":"'.length;

interface Beating {
  readonly path: string;
  /** of the lock: the file may by now be another's */
  readonly id: string;
}

/**
 * Counts until it is stopped.
 *
 * @param inThread - false: in this thread, for locks that are held only for moments.
 */
export function startHeartbeat(lock: Beating, inThread: boolean): { readonly stop: () => Promise<void> } {
  let timer: { readonly stop: () => void } | undefined;
  let isStopped = false;
  const useTimer = () => {
    if (!isStopped) timer ??= beatByTimer(lock);
  };
  if (!inThread) useTimer();
  const thread = inThread ? beatByThread(lock, useTimer) : undefined; // the timer where threads are not allowed
  return {
    stop: async () => {
      isStopped = true;
      await thread?.terminate();
      timer?.stop();
    },
  };
}

function beatByThread(lock: Beating, onFailure: () => void): Worker | undefined {
  try {
    const workerData = { ...lock, beatMilliseconds, beatDigits, beatOffset };
    const thread = new Worker(threadProgram, { eval: true, workerData, execArgv: [], stdout: true, stderr: true });
    thread.on('error', onFailure);
    thread.unref();
    return thread;
  } catch {
    onFailure();
    return undefined;
  }
}

/** The same as `beatByTimer`. A program text, because a file of its own would have to be found by every bundler. */
const threadProgram = `
const { openSync, readFileSync, writeSync, fdatasyncSync } = require('node:fs');
const { workerData: lock } = require('node:worker_threads');
const file = openSync(lock.path, 'r+');
if (readFileSync(file, 'utf8').includes(lock.id)) {
  let count = 0;
  setInterval(() => {
    try {
      count += 1;
      writeSync(file, String(count).padStart(lock.beatDigits, '0'), lock.beatOffset);
      fdatasyncSync(file);
    } catch {}
  }, lock.beatMilliseconds);
}`;

/** The file stays open: were the lock taken over, the number of the new one would not be touched. */
function beatByTimer({ path, id }: Beating): { readonly stop: () => void } {
  let file: number | undefined;
  let count = 0;
  const timer = setInterval(() => {
    try {
      file ??= openOwn(path, id);
      count += 1;
      writeSync(file, String(count).padStart(beatDigits, '0'), beatOffset);
      fdatasyncSync(file);
    } catch {} // a full disk or a lost folder shows elsewhere
  }, beatMilliseconds);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      if (file !== undefined) closeSync(file);
    },
  };
}

function openOwn(path: string, id: string): number {
  const file = openSync(path, 'r+');
  if (readFileSync(file, 'utf8').includes(id)) return file;
  closeSync(file);
  throw new Error('the lock is held by another');
}

/**
 * Watches locks whose holders cannot be asked: `gone` once the file has not changed for a while.
 *
 * Only time counts in which the watching process itself ran: if both were stopped, as on a machine that sleeps, the holder had no
 * chance to give a sign of life. No clock of another machine is compared.
 */
export function createSilenceWatch(silenceMilliseconds: number, now: () => number = () => performance.now()) {
  const watched = new Map<string, { text: string; silent: number; last: number; hasChanged: boolean }>();
  return {
    /** To be asked again and again. */
    judge: (key: string, text: string, milliseconds = silenceMilliseconds): 'alive' | 'gone' | 'unknown' => {
      const seen = watched.get(key);
      if (seen === undefined) {
        watched.set(key, { text, silent: 0, last: now(), hasChanged: false });
        return 'unknown';
      }
      seen.silent += Math.min(now() - seen.last, longestPauseMilliseconds);
      seen.last = now();
      if (seen.text !== text) Object.assign(seen, { text, silent: 0, hasChanged: true });
      if (seen.silent >= milliseconds) return 'gone';
      return seen.hasChanged ? 'alive' : 'unknown';
    },
  };
}

/** A longer pause between two looks was none of ours. */
const longestPauseMilliseconds = 500;
