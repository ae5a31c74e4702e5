/**
 * Whether a closed terminal shall not matter, as under `nohup`.
 *
 * nohup starts a program with SIGHUP ignored, but Node takes every signal's default when it starts, so that its own process no longer shows
 * it. What still does: who called, a calling process that ignores the signal too, and what nohup does to the streams of a terminal.
 * Only Linux can be asked; elsewhere a shell's `_` is all there is.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const hangupBit = 1n; // signal 1
const writeOnly = 1;
let known: boolean | undefined;

/** Looked up once, early: a process whose parent has ended belongs to another one. */
export function ignoresHangups(): boolean {
  known ??= calledByNohup(process.env) || ancestorIgnoresHangups(process.pid) || hasStreamsOfNohup();
  return known;
}

/** Shells put the path of the program they start there, and nohup passes it on. */
export function calledByNohup({ _: called = '' }: Readonly<Record<string, string | undefined>>): boolean {
  return basename(called) === 'nohup';
}

/** Looks at this process and those above it in the same session. */
function ancestorIgnoresHangups(pid: number): boolean {
  const own = processOf(pid);
  for (let current = own; current !== undefined && current.session === own?.session; ) {
    if (current.ignoresHangups) return true;
    current = processOf(current.parent);
  }
  return false;
}

interface ProcessFacts {
  readonly parent: number;
  readonly session: number;
  readonly ignoresHangups: boolean;
}

function processOf(pid: number): ProcessFacts | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1];
  if (stat === '' || ignored === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // state, parent, group, session
  const ignoresHangups = (BigInt(`0x${ignored}`) & hangupBit) !== 0n;
  return { parent: Number(fields[1]), session: Number(fields[3]), ignoresHangups };
}

/** In a terminal, nohup opens /dev/null for writing as stdin, and nohup.out as stdout and stderr. */
function hasStreamsOfNohup(): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(textOf('/proc/self/fdinfo/0'))?.[1] ?? '0';
  const isUnreadable = targetOf(0) === '/dev/null' && (Number.parseInt(flags, 8) & 3) === writeOnly;
  return isUnreadable || [1, 2].some((fd) => basename(targetOf(fd)) === 'nohup.out');
}

function targetOf(fd: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Keeps SIGHUP from ending this process where it was started so. @returns a function that undoes it. */
export function surviveHangups(): () => void {
  if (!ignoresHangups()) return () => undefined;
  const listener = () => undefined;
  process.on('SIGHUP', listener);
  return () => process.off('SIGHUP', listener);
}
