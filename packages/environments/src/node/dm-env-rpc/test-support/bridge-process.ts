/** The process of a bridge that this process started, and modules for it to import. Linux only. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type PythonBridge, startPythonBridge } from '../python-bridge.js';

/** That of the bridge which was started last. */
export function bridgePid(): number {
  const tasks = readdirSync('/proc/self/task');
  const children = tasks.flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '));
  const isBridge = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('serve.py');
  return Math.max(...children.filter((pid) => pid !== '' && isBridge(pid)).map(Number));
}

/** The most memory that the bridge started last has had resident, in MB. */
export function bridgeMegabytes(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${bridgePid()}/status`, 'utf8'))?.[1]) / 1000;
}

/** A folder of Python modules by name, removed when the test has finished. */
export function pythonModules(modules: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-modules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, source] of Object.entries(modules)) writeFileSync(join(folder, `${name}.py`), source);
  return folder;
}

/** A bridge that finds modules in a folder, ended when the test has finished. */
export async function startBridge(
  options: Parameters<typeof startPythonBridge>[0],
  modules?: string,
): Promise<PythonBridge> {
  const before = process.env.PYTHONPATH;
  if (modules !== undefined) process.env.PYTHONPATH = modules;
  try {
    const bridge = await startPythonBridge({ python: process.env.CPC_PYTHON ?? 'python3', ...options });
    onTestFinished(() => bridge.stop());
    return bridge;
  } finally {
    if (before === undefined) delete process.env.PYTHONPATH;
    else process.env.PYTHONPATH = before;
  }
}
