/**
 * Ending a thread from outside, where it is busy and does not see that it was asked to stop: when it may be ended, and what it would leave.
 *
 * The thread says which of its work has to be finished once begun, such as everything done while it holds a lock, and names its temporary
 * files. `runInWorker` ends it between such work only, and then deletes those files. In any other thread all of this does nothing.
 */

/** What a thread of `runInWorker` has in common with the one that started it. */
export interface ThreadGuard {
  /** One int32: pieces of work that must be finished; -1 once the thread is about to be ended. */
  readonly unfinished: Int32Array;
  /** Reports that a temporary file or folder is about to be made, or is gone. */
  readonly report: (path: string, exists: boolean) => void;
}

const aboutToEnd = -1;
let guard: ThreadGuard | undefined;

/** For the thread itself, before it does anything else. */
export function guardThread(given: ThreadGuard): void {
  guard = given;
}

/** Begins work that has to be finished. In a thread that is about to be ended it never begins. @returns what ends it, once. */
export async function beginUnfinished(): Promise<() => void> {
  const counter = guard?.unfinished;
  if (counter === undefined) return () => undefined;
  if (!counted(counter)) return new Promise<never>(() => undefined);
  let isEnded = false;
  return () => {
    if (!isEnded) Atomics.sub(counter, 0, 1);
    isEnded = true;
  };
}

function counted(counter: Int32Array): boolean {
  for (;;) {
    const before = Atomics.load(counter, 0);
    if (before === aboutToEnd) return false;
    if (Atomics.compareExchange(counter, 0, before, before + 1) === before) return true;
  }
}

/** Does work that has to be finished once it has begun. */
export async function finishingWork<Result>(work: () => Promise<Result>): Promise<Result> {
  const end = await beginUnfinished();
  try {
    return await work();
  } finally {
    end();
  }
}

/** For the thread that ends it: whether the other one may be ended now. It then begins nothing more that has to be finished. */
export function mayBeEnded(unfinished: Int32Array): boolean {
  const before = Atomics.compareExchange(unfinished, 0, 0, aboutToEnd);
  return before === 0 || before === aboutToEnd;
}

/** A temporary file or folder is about to be made. */
export function temporaryBegins(path: string): void {
  guard?.report(path, true);
}

/** It has its place, or was deleted. */
export function temporaryIsGone(path: string): void {
  guard?.report(path, false);
}
