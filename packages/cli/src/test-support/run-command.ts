/** Runs the built command as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { cliFolder } from './fake-project.js';

export interface Finished {
  /** `null` if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves once stderr holds the text. */
  readonly said: (text: string) => Promise<void>;
}

export interface StartOptions {
  readonly cwd: string;
  /** Added to that of the tests; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The script; the built `bin.js` if left out. */
  readonly bin?: string;
  /** In a session of its own. */
  readonly detached?: boolean;
}

export const builtBin = join(cliFolder, 'dist', 'bin.js');

export function start(
  args: readonly string[],
  { cwd, env = {}, bin = builtBin, detached = false }: StartOptions,
): Started {
  const { NODE_PATH: _, ...inherited } = process.env; // set by pnpm's shims; it would make this workspace's packages visible
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...inherited, ...env }, detached });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => stderr.includes(text) && resolve();
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`the command ended without saying "${text}": ${stderr}`)));
      look();
    });
  return { child, finished, said };
}

export function run(args: readonly string[], options: StartOptions): Promise<Finished> {
  return start(args, options).finished;
}
