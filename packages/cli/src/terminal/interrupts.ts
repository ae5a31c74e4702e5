/**
 * SIGINT, SIGTERM and SIGHUP, which a terminal sends that is closed. The first asks the work to finish its step, save and leave; a second
 * SIGINT or SIGTERM leaves at once.
 *
 * A second signal within half a second is the first one again: in a terminal, Ctrl-C reaches the program directly and once
 * more through npm or npx, which hand it on. Shell and kernel both send SIGHUP, one after the other.
 */
import { ignoresHangups } from './hangups.js';

export interface Interrupts {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  readonly release: () => void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const echoMilliseconds = 500;

/** @param onFirst - told of the first signal. @param onSecond - tidies the terminal before the process ends. */
export function listenForInterrupts(onFirst: () => void, onSecond: () => void): Interrupts {
  const controller = new AbortController();
  let firstAt = 0;
  const listener = (name: NodeJS.Signals) => {
    if (name === 'SIGHUP' && (controller.signal.aborted || ignoresHangups())) return;
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
      onFirst();
    } else if (performance.now() - firstAt > echoMilliseconds) {
      onSecond();
      release();
      endAtOnce();
    }
  };
  for (const name of signals) process.on(name, listener);
  const release = () => {
    for (const name of signals) process.off(name, listener);
  };
  return { signal: controller.signal, release };
}

/**
 * Ends this process by the signal itself, which shells report as 130. `process.exit` would wait for the worker thread, and
 * with it for a step that computes. Where a program that calls the command as a function listens to the signal too, it has
 * been told, and decides.
 */
export function endAtOnce(): void {
  if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT');
}
