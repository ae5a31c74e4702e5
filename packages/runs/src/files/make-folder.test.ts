import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { makeFolder } from './make-folder.js';

const readOnly = { path: '' };
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  /** As on a read-only disk: a folder above that is there, and Node's report of the deepest one when asked for all. */
  const mkdir = async (path: string, options?: { recursive: true }) => {
    if (readOnly.path === '' || !path.startsWith(readOnly.path)) return fs.mkdir(path, options);
    const code = options?.recursive === true ? 'ENOENT' : 'EROFS';
    throw Object.assign(new Error(code), { code, errno: -1, syscall: 'mkdir', path });
  };
  return { ...fs, mkdir };
});

it('makes 3 folders, is content with one that is there, and reports a read-only disk as that', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'make-folder-'));
  const deep = join(folder, 'a', 'b', 'c');
  await makeFolder(deep);
  await makeFolder(deep);
  expect(existsSync(deep)).toBe(true);
  writeFileSync(join(folder, 'file'), '');
  await expect(makeFolder(join(folder, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  readOnly.path = join(folder, 'x');
  await expect(makeFolder(join(folder, 'x', 'y'))).rejects.toMatchObject({ code: 'EROFS' });
  await rm(folder, { recursive: true });
});
