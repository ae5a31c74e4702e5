/**
 * The pnpm that package.json pins, on a machine that has only Node and npm. Node 25 no longer ships corepack, which would do
 * the same.
 *
 * npm fetches it once into node_modules/.cpc-pnpm, by a lock file made from the hash in `packageManager`: npm refuses another
 * tarball under the same version.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';
import { readJson, root } from './workspace.mjs';

const pattern = /^pnpm@(?<version>\d+\.\d+\.\d+)\+sha512\.(?<hash>[0-9a-f]{128})$/;

/** @returns `{ version, integrity }`; throws if the hash is missing. */
export function parsePackageManager(packageManager) {
  const parts = pattern.exec(packageManager)?.groups;
  if (parts === undefined)
    throw new Error(
      `package.json: expected packageManager "pnpm@VERSION+sha512.HASH" with 128 hex digits, received ` +
        `"${packageManager}". Take the hash from: npm view pnpm@VERSION dist.integrity (base64 there, hex here)`,
    );
  return { version: parts.version, integrity: `sha512-${Buffer.from(parts.hash, 'hex').toString('base64')}` };
}

/** What `npm ci` needs to install this pnpm and no other. */
export function lockOf({ version, integrity }) {
  const own = { name: 'pnpm-of-this-checkout', private: true, dependencies: { pnpm: version } };
  const packages = {
    '': { name: own.name, dependencies: own.dependencies },
    'node_modules/pnpm': { version, integrity, bin: { pnpm: 'bin/pnpm.cjs', pnpx: 'bin/pnpx.cjs' } },
  };
  return { manifest: own, lock: { name: own.name, lockfileVersion: 3, requires: true, packages } };
}

/** Installs into `folder` with npm; throws npm's words if the tarball is another one, or cannot be fetched. */
export async function installPnpm(wanted, folder) {
  const parent = join(folder, '..');
  mkdirSync(parent, { recursive: true });
  const fresh = mkdtempSync(join(parent, '.pnpm-'));
  try {
    const { manifest, lock } = lockOf(wanted);
    writeFileSync(join(fresh, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(fresh, 'package-lock.json'), JSON.stringify(lock));
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    const { code, text } = await run('npm', args, { cwd: fresh, shell: process.platform === 'win32' });
    if (code !== 0) throw new Error(`npm could not install pnpm ${wanted.version}:\n${text}`);
    if (!existsSync(folder)) renameSync(fresh, folder); // another process may have been faster
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * How pnpm is started.
 *
 * @returns `command`, the first `args`, and `env`: pnpm itself on the path, for programs that call it.
 */
export async function pnpmCommand() {
  const wanted = parsePackageManager(readJson(join(root, 'package.json')).packageManager);
  const folder = join(
    root,
    'node_modules',
    `.cpc-pnpm-${wanted.version}-${wanted.integrity.slice(7, 15).replace(/\W/g, '_')}`,
  );
  const entry = join(folder, 'node_modules/pnpm/bin/pnpm.cjs');
  if (!existsSync(entry)) await installPnpm(wanted, folder);
  const PATH = [join(folder, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  return { command: process.execPath, args: [entry], env: { PATH } };
}

/** Runs pnpm with these arguments; options and result are those of `run`, `cwd` is the root unless given. */
export async function pnpm(args, options = {}) {
  const { command, args: first, env } = await pnpmCommand();
  return run(command, [...first, ...args], { cwd: root, ...options, env: { ...env, ...options.env } });
}
