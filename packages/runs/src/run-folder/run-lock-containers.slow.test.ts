/** One run folder in two PID namespaces, as two containers have. Needs root on Linux, for `unshare`. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '@cpc/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toyRecord } from '../test-support/run-record.js';
import { createRunFolder, resumeRunFolder } from './run-folder.js';

const container = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;
const canUnshare = spawnSync(container[0], [...container.slice(1), 'true']).status === 0;
const reason = canUnshare ? '' : ' (skipped: unshare --pid is not allowed here)';
const program = fileURLToPath(new URL('../fixtures/hold-run-process.mjs', import.meta.url));

let folder = '';
const started: ChildProcess[] = [];
beforeAll(() => ensureBuilt('@cpc/runs'), 300_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-containers-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Holds the folder in a namespace of its own. */
function holderIn(run: string, ...more: string[]): ChildProcess {
  const child = spawn(container[0], [...container.slice(1), process.execPath, program, run, ...more]);
  started.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  const line = child.stdout === null ? Promise.resolve('') : once(child.stdout, 'data').then(([text]) => String(text));
  return Promise.race([line, once(child, 'exit').then(() => errors)]);
}

describe.skipIf(!canUnshare)(`a run folder in 2 containers${reason}`, () => {
  it('is held by 1: the second is refused from outside and from within, and takes over 30 s after the first was killed', async () => {
    const run = join(folder, 'run');
    const first = holderIn(run, JSON.stringify(toyRecord));
    expect(await firstLine(first)).toBe('open\n');

    await expect(resumeRunFolder(run)).rejects.toThrow(/run\.lock: .*one in which process \d+ is training/);
    const second = holderIn(run);
    expect(await firstLine(second)).toMatch(/run\.lock: .*one in which process \d+ is training/);

    const killed = once(first, 'exit');
    first.kill('SIGKILL');
    await killed;
    const begun = performance.now();
    const said: string[] = [];
    const resumed = await resumeRunFolder(run, { onWait: (message) => said.push(message) });
    expect(performance.now() - begun).toBeGreaterThan(29_000);
    expect(said).toEqual([expect.stringMatching(/in another container or on another machine/)]);
    await resumed.close();
    expect((await readdir(run)).filter((name) => name.includes('lock'))).toEqual([]);
  }, 180_000);

  it('that was killed in the same container is taken over at once', async () => {
    const run = join(folder, 'run');
    await (await createRunFolder(run, toyRecord)).close();
    const child = spawn(process.execPath, [program, run]);
    started.push(child);
    expect(await firstLine(child)).toBe('open\n');
    const killed = once(child, 'exit');
    child.kill('SIGKILL');
    await killed;
    const begun = performance.now();
    await (await resumeRunFolder(run)).close();
    expect(performance.now() - begun).toBeLessThan(10_000);
  }, 60_000);
});
