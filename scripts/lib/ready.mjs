/**
 * Installs and builds what is out of date, and nothing else.
 *
 * All words go to stderr: commands that print JSON call this first.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm } from './pnpm.mjs';
import { members, root } from './workspace.mjs';

function isInstalled() {
  const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml');
  if (!existsSync(installed)) return false;
  return readFileSync(installed, 'utf8') === readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8');
}

function newestMilliseconds(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMilliseconds(join(path, name))));
}

/**
 * A member (its folder) is fresh when its last output (declarations come last) is younger than all it is made from.
 *
 * @param others - files and folders outside the member that it is built from as well, absolute.
 */
export function isFresh(folder, others = []) {
  const output = ['index.d.ts', 'main.js'].map((name) => join(folder, 'dist', name)).find(existsSync);
  if (output === undefined) return false;
  const own = ['src', 'package.json', 'tsup.config.ts'].map((name) => join(folder, name));
  return Math.max(...[...own, ...others].map(newestMilliseconds)) < statSync(output).mtimeMs;
}

/** The benchmarks are built from the cases that packages hold. */
function sourcesOutside({ name }) {
  if (name !== '@cpc/benchmarks') return [];
  return members()
    .map(({ folder }) => join(folder, 'benchmarks'))
    .filter(existsSync);
}

async function orExplain(step, result) {
  const { code, text } = await result;
  if (code === 0) return;
  process.stderr.write(`${text}\n${step} failed (exit code ${code}).\n`);
  process.exit(1);
}

/** Makes `packages/*\/dist` and `benchmarks/dist` current; leaves the program with exit code 1 where that fails. */
export async function makeReady() {
  if (!isInstalled()) {
    process.stderr.write('Installing dependencies ...\n');
    await orExplain('install', pnpm(['install', '--frozen-lockfile']));
  }
  const stale = members().filter((member) => member.isBuilt && !isFresh(member.folder, sourcesOutside(member)));
  if (stale.length === 0) return;
  process.stderr.write(`Building ${stale.map((member) => member.name).join(', ')} ...\n`);
  const filters = stale.map((member) => `--filter=${member.name}`);
  await orExplain('build', pnpm([...filters, '--recursive', '--workspace-concurrency=2', 'run', 'build']));
}
