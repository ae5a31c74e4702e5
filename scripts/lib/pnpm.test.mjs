import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installPnpm, lockOf, parsePackageManager, pnpm } from './pnpm.mjs';
import { readJson, root } from './workspace.mjs';

const { packageManager } = readJson(join(root, 'package.json'));

it('reads version and SHA-512 of the pinned pnpm from package.json', () => {
  const { version, integrity } = parsePackageManager(packageManager);
  expect(packageManager).toContain(`pnpm@${version}+sha512.`);
  expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
});

it.each(['pnpm@10.34.9', 'pnpm@10.34.9+sha512.abc', 'npm@10.9.9'])(
  'refuses %s, which has no hash of 128 digits',
  (name) => {
    expect(() => parsePackageManager(name)).toThrow(/\+sha512\.HASH" with 128 hex digits/);
  },
);

it('locks 1 package, by its hash', () => {
  const wanted = parsePackageManager(packageManager);
  const { packages } = lockOf(wanted).lock;
  expect(packages['node_modules/pnpm']).toMatchObject(wanted);
  expect(Object.keys(packages)).toHaveLength(2);
});

it('refuses a tarball with another hash, and leaves 0 files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pnpm-'));
  const { version } = parsePackageManager(packageManager);
  const integrity = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
  await expect(installPnpm({ version, integrity }, join(folder, 'pnpm'))).rejects.toThrow(/EINTEGRITY|integrity/);
  expect(existsSync(join(folder, 'pnpm'))).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

it('starts pnpm in the pinned version', async () => {
  const { code, text } = await pnpm(['--version']);
  expect({ code, version: text.trim() }).toEqual({ code: 0, version: parsePackageManager(packageManager).version });
});
