/**
 * Which process made a file, and whether that process is gone.
 *
 * A process number means something only within its PID namespace (a container has one of its own) and until the machine starts anew.
 * So a mark names the machine, its start, the namespace, the process, and when the process began. About processes of the same
 * namespace the system knows; about all others nothing can be said.
 */
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface ProcessMark {
  readonly pid: number;
  readonly host: string;
  /** of this start of the machine; absent where the system does not tell */
  readonly boot?: string | undefined;
  /** absent where the system has none */
  readonly pidNamespace?: string | undefined;
  /** when the process began, in the system's own units; absent where it cannot be told */
  readonly began?: string | undefined;
}

let ofThisProcess: Promise<ProcessMark> | undefined;

/** Of this process. */
export function ownMark(): Promise<ProcessMark> {
  ofThisProcess ??= readOwnMark();
  return ofThisProcess;
}

async function readOwnMark(): Promise<ProcessMark> {
  const place = { host: hostname(), boot: await bootId(), pidNamespace: await pidNamespace() };
  return { pid: process.pid, ...place, began: await beginOf(process.pid) };
}

/**
 * What became of a process: `unknown` for one of another machine, container, or start of the machine.
 *
 * @param own - of this process.
 */
export async function fateOf(mark: ProcessMark, own: ProcessMark): Promise<'alive' | 'gone' | 'unknown'> {
  if (!isSamePlace(mark, own)) return 'unknown';
  if (!processExists(mark.pid)) return 'gone';
  const now = await beginOf(mark.pid);
  return mark.began !== undefined && now !== undefined && mark.began !== now ? 'gone' : 'alive';
}

/** Marks of earlier versions have neither boot nor namespace: they are judged by the machine's name. */
function isSamePlace(mark: ProcessMark, own: ProcessMark): boolean {
  if (mark.host !== own.host) return false;
  if (mark.boot === undefined && mark.pidNamespace === undefined) return true;
  return mark.boot === own.boot && mark.pidNamespace === own.pidNamespace;
}

export function isSameProcess(left: ProcessMark, right: ProcessMark): boolean {
  return markText(left) === markText(right);
}

/** A mark as 28 characters for names of files: place, process number and beginning, in hexadecimal digits. */
export function markText({ host, boot = '', pidNamespace = '', pid, began = '0' }: ProcessMark): string {
  const place = createHash('sha256').update([host, boot, pidNamespace].join('\0')).digest('hex').slice(0, 8);
  return [place, hexadecimal(pid, 8), hexadecimal(Number(began), 10)].join('-');
}

function hexadecimal(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0').slice(-digits);
}

const marked = /^([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{10})$/;

/** The same as {@link fateOf} for the mark in the name of a file; undefined for a text that is none. */
export async function fateOfText(text: string, own: ProcessMark): Promise<'alive' | 'gone' | 'unknown' | undefined> {
  const [, place, pid = '', began = ''] = marked.exec(text) ?? [];
  if (place === undefined) return undefined;
  if (!markText(own).startsWith(place)) return 'unknown';
  const ticks = Number.parseInt(began, 16);
  const mark = { ...own, pid: Number.parseInt(pid, 16), began: ticks === 0 ? undefined : String(ticks) };
  return fateOf(mark, own);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks, and sends nothing
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function bootId(): Promise<string | undefined> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim() || undefined;
}

function pidNamespace(): Promise<string | undefined> {
  return readlink('/proc/self/ns/pid').catch(() => undefined);
}

/** Field 22 of the process's status: ticks since the machine started. The name before it may hold blanks and brackets. */
async function beginOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}
