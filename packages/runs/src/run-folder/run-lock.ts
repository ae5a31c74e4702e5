/**
 * Locks as files: who writes in a folder says so, and whoever comes second is told who it is.
 *
 * A lock names its process (`process-mark.ts`). One whose process is gone was left by a kill, and is taken over at once. A process of
 * another container or machine cannot be asked: its lock is watched, and taken over once it gave no sign of life for a while
 * (`lock-heartbeat.ts`). A holder that was only stopped for so long finds out before it writes again: `requireHeld`.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants, copyFile, link, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { CpcError } from '@cpc/base';
import { namingFile } from '@cpc/base/node';
import { z } from 'zod';
import { isOld } from '../files/old-file.js';
import { isMissing, readRegularTextIfThere } from '../files/regular-file.js';
import { beginUnfinished } from '../threads/ending-threads.js';
import { createSilenceWatch, firstBeat, startHeartbeat } from './lock-heartbeat.js';
import { fateOf, isSameProcess, ownMark, type ProcessMark } from './process-mark.js';

/** A lock that is held. */
export interface FileLock {
  /** Processes whose lock was taken over because they gave no sign of life. */
  readonly silent: readonly ProcessMark[];
  /**
   * To be called before writing to what the lock protects. A lock that was deleted is taken again.
   *
   * @throws {CpcError} if another process has taken it over meanwhile.
   */
  readonly requireHeld: () => Promise<void>;
  /** Gives it back; does nothing the second time. */
  readonly release: () => Promise<void>;
}

export interface FileLockOptions {
  /** What the holder does, for the error of others, such as `is training`. */
  readonly purpose: string;
  /** How long to wait for another holder; default 0. One that cannot be asked is watched in any case. */
  readonly waitMilliseconds?: number;
  /** For a lock that is held for long by a busy thread; default false. */
  readonly isLong?: boolean;
  /** Without a sign of life for so long, a holder that cannot be asked counts as gone; default 30 s. */
  readonly silenceMilliseconds?: number;
  /** Is told why it takes long. */
  readonly onWait?: (message: string) => void;
}

const holderSchema = z.object({
  /** grows while the lock is held; absent in locks of earlier versions */
  beat: z.string().optional(),
  id: z.string(),
  pid: z.int().min(0),
  host: z.string(),
  boot: z.string().optional(),
  pidNamespace: z.string().optional(),
  /** of the thread within the process */
  thread: z.int(),
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
const defaultSilenceMilliseconds = 30_000;
/** A file that nobody can read may be about to be written whole, where the file system has no links. */
const halfWrittenMilliseconds = 1_000;
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Takes the lock that the file at `path` stands for.
 *
 * @throws {CpcError} if a living process holds it, with its number and the file's name.
 */
export async function takeLock(path: string, options: FileLockOptions): Promise<FileLock> {
  const mark = await ownMark();
  const own: Holder = { beat: firstBeat, id: randomUUID(), ...mark, thread: threadId, purpose: options.purpose };
  const taking: Taking = {
    path,
    own,
    mark,
    silent: [],
    watch: createSilenceWatch(options.silenceMilliseconds ?? defaultSilenceMilliseconds),
  };
  const onReleased = await waitForTurn(taking, options);
  await removeLeftDrafts(taking).catch(() => undefined); // they only take room
  return heldLock(taking, options, onReleased);
}

interface Taking {
  readonly path: string;
  readonly own: Holder;
  readonly mark: ProcessMark;
  readonly watch: ReturnType<typeof createSilenceWatch>;
  /** Who held the lock, or was taking it over, and gave no sign of life. */
  readonly silent: ProcessMark[];
}

/** @returns what allows the thread to be ended again, once the lock is given back. */
async function waitForTurn(
  taking: Taking,
  { waitMilliseconds = 0, silenceMilliseconds = defaultSilenceMilliseconds, onWait }: FileLockOptions,
): Promise<() => void> {
  const until = performance.now() + waitMilliseconds;
  let isTold = false;
  for (;;) {
    const end = await beginUnfinished();
    const found = await tryToHold(taking).catch((error: unknown) => {
      end();
      throw error;
    });
    if (found === undefined) return end;
    end();
    const { holder, fate } = found;
    if (fate === 'alive' && performance.now() >= until) throw heldBy(taking, holder);
    if (fate === 'unknown' && holder !== undefined && !isTold) {
      isTold = true;
      onWait?.(waitingFor(holder, silenceMilliseconds));
    }
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

function heldLock(taking: Taking, { isLong = false }: FileLockOptions, onReleased: () => void): FileLock {
  const { path, own, silent } = taking;
  let heartbeat = startHeartbeat({ path, id: own.id }, isLong);
  return {
    silent,
    requireHeld: async () => {
      const text = await readRegularTextIfThere(path);
      if (text?.includes(own.id) === true) return;
      if (text !== undefined || !(await linkedFromDraft(taking))) throw lostTo(path, text);
      await heartbeat.stop();
      heartbeat = startHeartbeat({ path, id: own.id }, isLong);
    },
    release: async () => {
      await heartbeat.stop();
      const text = await readRegularTextIfThere(path);
      if (text?.includes(own.id) === true) await rm(path, { force: true });
      onReleased();
    },
  };
}

interface Found {
  readonly holder: Holder | undefined;
  readonly fate: 'alive' | 'unknown';
}

/** @returns who holds it instead, or undefined. */
async function tryToHold(taking: Taking): Promise<Found | undefined> {
  for (;;) {
    if (await linkedFromDraft(taking)) return undefined;
    const text = await readRegularTextIfThere(taking.path);
    if (text === undefined) continue; // given back meanwhile
    const { holder, fate } = await judged(taking.path, text, taking);
    if (fate !== 'gone') return { holder, fate };
    const cleared = await clearAway(taking.path, text, taking);
    if (!cleared) return { holder, fate: 'unknown' };
  }
}

async function judged(path: string, text: string, { mark, watch, silent }: Taking) {
  const holder = holderIn(text);
  if (holder === undefined) {
    const fate = watch.judge(`${path} ${text}`, text, halfWrittenMilliseconds);
    return { holder, fate };
  }
  if (isEndedThread(holder)) return { holder, fate: 'gone' as const };
  const fate = await fateOf(holder, mark);
  if (fate !== 'unknown') return { holder, fate };
  if (holder.beat === undefined) return { holder, fate: 'alive' as const }; // earlier versions give no sign of life
  const judgement = watch.judge(`${path} ${holder.id}`, text);
  if (judgement === 'gone') silent.push(holder);
  return { holder, fate: judgement };
}

function isEndedThread({ pid, thread }: Holder): boolean {
  return pid === process.pid && endedThreads.has(thread);
}

/**
 * Takes a dead lock away, one process at a time: else a second one could take away the lock of who was faster. Who may do it is decided
 * by another file, whose name is that of the dead lock; it is judged like a lock if its process was killed in the middle of this.
 *
 * @returns false if another process is at it.
 */
async function clearAway(place: string, dead: string, taking: Taking): Promise<boolean> {
  const turn = `${taking.path}.${keyOf(dead)}.takeover`;
  if (await linkedFromDraft(taking, turn)) {
    try {
      if ((await readRegularTextIfThere(place)) === dead) await rm(place, { force: true });
    } finally {
      await rm(turn, { force: true });
    }
    return true;
  }
  const text = await readRegularTextIfThere(turn);
  if (text === undefined) return true;
  if ((await judged(turn, text, taking)).fate !== 'gone') return false;
  return clearAway(turn, text, taking);
}

function keyOf(text: string): string {
  return holderIn(text)?.id ?? createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Puts this process's own lock at a path where there is none: it appears whole. */
async function linkedFromDraft({ path, own }: Taking, to = path): Promise<boolean> {
  const draft = `${path}.${randomUUID()}.tmp`;
  for (;;) {
    await namingFile(path, () => writeFile(draft, JSON.stringify(own)));
    try {
      return await linkedAs(draft, to);
    } catch (error) {
      if (!isMissing(error)) throw error; // another process took the draft for one that was left behind
    } finally {
      await rm(draft, { force: true });
    }
  }
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

/** What killed processes left of this lock. A file of a process that cannot be asked stays for a week. */
async function removeLeftDrafts(taking: Taking): Promise<void> {
  const { path } = taking;
  const names = await readdir(dirname(path));
  const prefix = `${basename(path)}.`;
  const left = names.filter((name) => name.startsWith(prefix) && /\.(tmp|takeover)$|^takeover$/.test(name));
  for (const place of left.map((name) => join(dirname(path), name))) {
    const text = await readRegularTextIfThere(place);
    if (text !== undefined && (await isLeft(text, place, taking))) await rm(place, { force: true });
  }
}

async function isLeft(text: string, place: string, { mark, silent }: Taking): Promise<boolean> {
  const holder = holderIn(text);
  if (holder !== undefined && silent.some((each) => isSameProcess(holder, each))) return true;
  const fate = holder === undefined ? 'unknown' : await fateOf(holder, mark);
  if (fate !== 'unknown') return fate === 'gone';
  return isOld(place, holder === undefined ? halfWrittenMilliseconds : undefined);
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

function waitingFor({ pid, host }: Holder, silenceMilliseconds: number): string {
  const seconds = Math.ceil(silenceMilliseconds / 1000);
  return `process ${pid} on ${host}, in another container or on another machine, has locked the folder: waiting up to ${seconds} s for a sign of life before taking over`;
}

function heldBy({ path, mark }: Taking, holder: Holder | undefined): CpcError {
  const { pid, host, purpose, beat } = holder ?? { pid: 'unknown', host: mark.host, purpose: 'is at work', beat: '' };
  const elsewhere = host === mark.host ? '' : ` on ${host}`;
  const byHand = `If there is no such process${elsewhere}, delete ${path}.`;
  const byItself = 'If it is gone, the folder is free 30 s later.';
  const isAsked =
    [holder?.host, holder?.boot, holder?.pidNamespace].join() === [mark.host, mark.boot, mark.pidNamespace].join();
  return new CpcError({
    where: path,
    expected: 'a folder that no other process writes to',
    received: `one in which process ${pid}${elsewhere} ${purpose}`,
    fix: `Wait for it or end it. ${beat === undefined || isAsked ? byHand : byItself}`,
  });
}

function lostTo(path: string, text: string | undefined): CpcError {
  const holder = text === undefined ? undefined : holderIn(text);
  return new CpcError({
    where: path,
    expected: 'the lock of this process',
    received: holder === undefined ? 'another' : `that of process ${holder.pid} on ${holder.host}`,
    fix: 'This process gave no sign of life for so long that another one took over the folder. It writes nothing more.',
  });
}
