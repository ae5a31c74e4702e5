import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pythonTwin } from './python-twin.js';
import { noInput } from './test-support/no-input.js';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-test-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A stand-in for the Python program: Node with a script that answers every line by `answer`, an expression of `request`. */
function twinThatAnswers(answer: string) {
  const script = join(folder, 'twin.cjs');
  writeFileSync(
    script,
    `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const request = JSON.parse(line);
      console.log(JSON.stringify(${answer}));
    });`,
  );
  return pythonTwin(noInput(), { python: process.execPath, script, threads: 1 });
}

it('is skipped with the reason and the fix where no python3 is on the PATH', async () => {
  vi.stubEnv('PATH', folder);
  const twin = await pythonTwin(noInput(), { script: 'twin.py', threads: 1 });
  expect(twin).toEqual({ skipped: expect.stringMatching(/python3 is not on the PATH; install .* pip install torch/) });
});

it('is skipped with the reason that the program gives', async () => {
  expect(await twinThatAnswers(`({ skip: 'no torch' })`)).toEqual({ skipped: 'no torch' });
});

it('fails with the text of an error that the program reports', async () => {
  await expect(twinThatAnswers(`({ error: 'shapes differ' })`)).rejects.toThrow(/received shapes differ/);
});

it('fails with exit code 3 and the last words of a program that ends', async () => {
  const end = `(process.stderr.write('out of memory'), process.exit(3))`;
  await expect(twinThatAnswers(end)).rejects.toThrow(/its end with exit code 3\. out of memory/);
});

it('tries 2 allocators in 2 processes and steps in a 3rd, with the faster one and its forms', async () => {
  const twin = await twinThatAnswers(`({
    choose: process.env.MALLOC_MMAP_MAX_ === '0'
      ? { forms: { encoder: 'fast' }, milliseconds: 1, notes: { tried: process.pid } }
      : { forms: { encoder: 'slow' }, milliseconds: 2, notes: { tried: process.pid } },
    load: { name: [process.env.MALLOC_MMAP_MAX_, request.forms?.encoder].join(' '), versions: { pid: String(process.pid) }, prepareMilliseconds: 1 },
    step: { milliseconds: 5, lossNats: request.number },
    memory: { peakBytes: 42 },
  })[request.command]`);
  if ('skipped' in twin) throw new Error(twin.skipped);
  expect(twin.name).toBe('0 fast, freed memory kept');
  const triedIn = Object.values(twin.notes).map((notes) => JSON.stringify(notes));
  expect(new Set([...triedIn, JSON.stringify({ tried: Number(twin.versions.pid) })]).size).toBe(3);
  expect(await twin.step(7)).toEqual({ milliseconds: 5, lossNats: 7 });
  expect(await twin.peakMemoryBytes()).toBe(42);
  await twin.dispose();
});
