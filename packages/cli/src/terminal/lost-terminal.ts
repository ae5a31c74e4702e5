/**
 * Node ends with abort() where a terminal that it started on is gone: it cannot give the terminal its old modes back. A process that has
 * saved its work then looks like one that crashed, so it ends by the signal that closed the terminal.
 */
import { isatty } from 'node:tty';

const standardStreams = [0, 1, 2];

/** @returns a function that ends this process by SIGHUP if one of its terminals has gone since. */
export function watchTerminals(): () => void {
  const terminals = process.platform === 'win32' ? [] : standardStreams.filter(isatty);
  return () => {
    if (terminals.every(isatty)) return;
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  };
}
