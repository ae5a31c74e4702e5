import { afterEach, expect, it } from 'vitest';
import { createStages } from './stages.mjs';

function record() {
  const lines = [];
  return { lines, ...createStages((line) => lines.push(line)) };
}

afterEach(() => {
  process.exitCode = undefined;
});

it('counts a stage as 1 item and adds the items it brings', async () => {
  const { stage, finish, lines } = record();
  await stage('unit tests', async () => ({ ok: true, output: '', passed: 30, failed: 0 }));
  finish();
  expect(lines.at(-1)).toBe('31 passed, 0 failed');
  expect(process.exitCode).toBe(0);
});

it('prints the output of a stage that fails, and exits with 1', async () => {
  const { stage, finish, lines } = record();
  await stage('lint', async () => ({ ok: false, output: 'a.ts:1 wrong' }));
  finish();
  expect(lines[0]).toBe('a.ts:1 wrong');
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
  expect(process.exitCode).toBe(1);
});

it('counts a stage that throws as 1 failure and goes on', async () => {
  const { stage, finish, lines } = record();
  await stage('pack', async () => {
    throw new Error('no tarball');
  });
  await stage('lint', async () => ({ ok: true, output: '' }));
  finish();
  expect(lines[0]).toMatch(/no tarball/);
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
});

it('does not run a stage whose need failed, and counts it as failed', async () => {
  const { stage, finish, lines } = record();
  await stage('build', async () => ({ ok: false, output: '' }));
  await stage('pack', async () => ({ ok: true, output: '' }), ['build']);
  finish();
  expect(lines).toContain('FAIL  pack: not run, it needs build');
  expect(lines.at(-1)).toBe('0 passed, 2 failed');
});
