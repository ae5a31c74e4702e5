import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { markText, ownMark } from '../run-folder/process-mark.js';
import { createTemporaryFolder } from './temporary-folder.js';

const before = process.env.TMPDIR;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'temporary-folder-'));
  process.env.TMPDIR = folder;
});
afterEach(async () => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  await rm(folder, { recursive: true });
});

async function leave(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'tokens.i32'), 'x');
  return path;
}

it('deletes 1 folder of a killed process, and none of a living one, of another machine, of another prefix or of an earlier version', async () => {
  const own = await ownMark();
  const { pid } = spawnSync(process.execPath, ['--version']);
  const gone = await leave(`cpc-text-${markText({ ...own, pid })}-AAAAAA`);
  const staying = [
    await leave(`cpc-text-${markText(own)}-AAAAAA`),
    await leave(`cpc-text-${markText({ ...own, pid, host: 'elsewhere' })}-AAAAAA`),
    await leave(`cpc-text-${markText({ ...own, pid, boot: 'earlier' })}-AAAAAA`),
    await leave(`other-${markText({ ...own, pid })}-AAAAAA`),
    await leave('cpc-text-AAAAAA'),
  ];
  const made = await createTemporaryFolder('cpc-text-');
  expect(basename(made).startsWith(`cpc-text-${markText(own)}-`)).toBe(true);
  expect(existsSync(gone)).toBe(false);
  for (const path of staying) expect(existsSync(join(path, 'tokens.i32')), path).toBe(true);
});

it('deletes a link under such a name, not the folder it leads to', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const target = await leave('mine');
  const link = join(folder, `cpc-text-${markText({ ...(await ownMark()), pid })}-AAAAAA`);
  await symlink(target, link);
  await createTemporaryFolder('cpc-text-');
  expect([existsSync(link), existsSync(join(target, 'tokens.i32'))]).toEqual([false, true]);
});
