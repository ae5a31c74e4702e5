import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { firstExample, runExample } from './readme-example.mjs';

const fence = '```';
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function readme(language, code) {
  writeFileSync(join(folder, 'README.md'), `# x\n\n${fence}${language}\n${code}\n${fence}\n`);
}

it('takes the first of 2 fences marked runnable and skips an unmarked one', () => {
  const text = `${fence}ts\nno\n${fence}\n${fence}js runnable\nyes\n${fence}\n${fence}js runnable\nlater\n${fence}\n`;
  expect(firstExample(text)).toEqual({ language: 'js', code: 'yes\n' });
});

it.each([
  ['js runnable', "console.log('value', 6 * 7);"],
  ['ts runnable', "const value: number = 6 * 7;\nconsole.log('value', value);"],
  ['sh runnable', 'node -e "console.log(\'value\', 6 * 7)"'],
])('runs %s and captures its output', async (language, code) => {
  readme(language, code);
  expect(await runExample(folder, folder)).toEqual({ ok: true, output: 'value 42\n' });
});

it('fails when the example ends with exit code 3', async () => {
  readme('js runnable', 'process.exit(3);');
  expect((await runExample(folder, folder)).ok).toBe(false);
});

it('fails when the first of 2 shell lines fails', async () => {
  readme('sh runnable', 'false\ntrue');
  expect((await runExample(folder, folder)).ok).toBe(false);
});

it('fails without a README, and without an example in it', async () => {
  expect((await runExample(folder, folder)).output).toMatch(/does not exist/);
  readme('js', 'console.log(1);');
  expect(await runExample(folder, folder)).toMatchObject({ ok: false, output: expect.stringMatching(/no fence/) });
});
