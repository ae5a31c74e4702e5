import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const foreground = pathToFileURL(join(import.meta.dirname, 'foreground.mjs')).href;
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foreground-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs `program` through runInForeground in a process of its own, without a terminal. */
function start(program) {
  writeFileSync(join(folder, 'program.mjs'), program);
  const outer = `import { runInForeground } from '${foreground}';
    process.exitCode = await runInForeground(${JSON.stringify(join(folder, 'program.mjs'))}, ['a', 'b']);`;
  writeFileSync(join(folder, 'outer.mjs'), outer);
  const child = spawn(process.execPath, [join(folder, 'outer.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [];
  const finished = new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, output: lines.join('') }));
  });
  child.stdout.setEncoding('utf8').on('data', (text) => lines.push(text));
  return { child, finished };
}

it('passes 2 arguments, stdout and exit code 3 through', async () => {
  const { finished } = start('console.log(process.argv.slice(2).join()); process.exitCode = 3;');
  expect(await finished).toEqual({ code: 3, output: 'a,b\n' });
});

it('hands on 1 of 2 interrupts, and waits for the program to save', async () => {
  const { child, finished } = start(`
    let interrupts = 0;
    process.on('SIGINT', () => {
      interrupts += 1;
      setTimeout(() => { console.log('interrupts', interrupts); process.exit(130); }, 300);
    });
    setTimeout(() => {}, 20_000);
    console.log('up');`);
  child.stdout.once('data', () => {
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGINT'), 100);
  });
  expect(await finished).toEqual({ code: 130, output: 'up\ninterrupts 1\n' });
});
