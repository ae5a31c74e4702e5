/**
 * Locks as files: who writes in a folder says so, and whoever comes second is told who it is.
 *
 * A lock names its process. One whose process is gone was left by a kill, and is taken over. Process numbers are used
 * again: where the system tells when a process began (Linux), another process of that number is not taken for the owner.
 */
import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { z } from 'zod';
import { CpcError } from '../errors.js';
import { readRegularTextIfThere } from './files/regular-file.js';
import { namingFile } from './system-errors.js';

/** A lock that is held. */
export interface FileLock {
  /** Gives it back; does nothing the second time. */
  readonly release: () => Promise<void>;
}

export interface FileLockOptions {
  /** What the holder does, for the error of others, such as `is training`. */
  readonly purpose: string;
  /** How long to wait for another holder; 0 if left out. */
  readonly waitMilliseconds?: number;
}

const holderSchema = z.object({
  id: z.string(),
  pid: z.int().min(0),
  host: z.string(),
  /** of the thread within the process */
  thread: z.int(),
  /** when the process began, in the system's own units; absent where it cannot be told */
  began: z.string().optional(),
  purpose: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

/** Threads of this process that ended without giving back what they held. */
const endedThreads = new Set<number>();

/** What a thread held is free from now on. */
export function markThreadsEnded(threads: readonly number[]): void {
  for (const thread of threads) endedThreads.add(thread);
}

/** For a new thread, which has a memory of its own. */
export function threadsEnded(): number[] {
  return [...endedThreads];
}

const pauseMilliseconds = 20;
const longestTakeoverMilliseconds = 10_000;
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Takes the lock that the file at `path` stands for.
 *
 * @throws {CpcError} if a living process holds it, with its number and the file's name.
 */
export async function takeLock(path: string, { purpose, waitMilliseconds = 0 }: FileLockOptions): Promise<FileLock> {
  const began = await beginOf(process.pid);
  const own: Holder = {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    thread: threadId,
    ...(began === undefined ? {} : { began }),
    purpose,
  };
  const until = performance.now() + waitMilliseconds;
  for (;;) {
    const holder = await tryToHold(path, own);
    if (holder === undefined) return { release: () => giveBack(path, own.id) };
    if (performance.now() >= until) throw heldBy(path, holder);
    await sleep(pauseMilliseconds);
  }
}

/** Does work while holding a lock. */
export async function withLock<Result>(
  path: string,
  options: FileLockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = await takeLock(path, options);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** @returns who holds it instead, or undefined. */
async function tryToHold(path: string, own: Holder): Promise<Holder | undefined> {
  const draft = `${path}.${own.id}.tmp`;
  await namingFile(path, () => writeFile(draft, JSON.stringify(own)));
  try {
    for (;;) {
      if (await linkedAs(draft, path)) return undefined; // appears whole, and only if there was none
      const text = await readRegularTextIfThere(path);
      if (text === undefined) continue; // given back meanwhile
      const holder = holderIn(text);
      if (holder !== undefined && (await isAlive(holder))) return holder;
      await clearAway(path, text, draft);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Takes a dead lock away, one process at a time: else a second one could take away the lock of who was faster. */
async function clearAway(path: string, dead: string, draft: string): Promise<void> {
  const turn = `${path}.takeover`;
  if (!(await linkedAs(draft, turn))) {
    await rmIfOlder(turn, longestTakeoverMilliseconds);
    return sleep(1);
  }
  try {
    if ((await readRegularTextIfThere(path)) === dead) await rm(path, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

/** A process that was killed in the middle of taking over. */
async function rmIfOlder(path: string, milliseconds: number): Promise<void> {
  const changed = await stat(path).catch(() => undefined);
  if (changed !== undefined && Date.now() - changed.ctimeMs > milliseconds) await rm(path, { force: true });
}

async function giveBack(path: string, id: string): Promise<void> {
  const text = await readRegularTextIfThere(path);
  if (text !== undefined && holderIn(text)?.id === id) await rm(path, { force: true });
}

/** File systems without links copy: a holder may then be seen half written for a moment. */
async function linkedAs(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch((error: unknown) => {
      if (noLinks.some((code) => hasCode(error, code))) return copyFile(from, to, constants.COPYFILE_EXCL);
      throw error;
    });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** A process of another machine cannot be asked: it counts as alive. */
async function isAlive({ pid, host, thread, began }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  if (!processExists(pid)) return false;
  const now = await beginOf(pid);
  if (began !== undefined && now !== undefined && began !== now) return false;
  return !(pid === process.pid && endedThreads.has(thread));
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks, and sends nothing
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Field 22 of the process's status: ticks since the machine started. The name before it may hold blanks and brackets. */
async function beginOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

/** @returns undefined for a file that no version of this writes: nobody holds it. */
function holderIn(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function heldBy(path: string, { pid, host, purpose }: Holder): CpcError {
  const elsewhere = host === hostname() ? '' : ` on ${host}`;
  return new CpcError({
    where: path,
    expected: 'a folder that no other process writes to',
    received: `one in which process ${pid}${elsewhere} ${purpose}`,
    fix: `Wait for it or end it. If there is no such process${elsewhere}, delete ${path}.`,
  });
}
