/**
 * Installs and builds what is out of date, and nothing else.
 *
 * All words go to stderr: commands that print JSON call this first.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withBuildLock } from './build-lock.mjs';
import { pnpm } from './pnpm.mjs';
import { members, root } from './workspace.mjs';
import { compileDeclarations, hasDeclarations, placeDeclarations } from './write-declarations.mjs';

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

/** The benchmarks are built from the cases that packages hold, and from the reproductions. */
function sourcesOutside({ name, folder: own }) {
  if (name !== '@cpc/benchmarks') return [];
  return [...members().map(({ folder }) => join(folder, 'benchmarks')), join(own, 'reproductions')].filter(existsSync);
}

async function orExplain(step, result) {
  const { code, text } = await result;
  if (code === 0) return;
  throw new Error(`${text}\n${step} failed (exit code ${code}).`);
}

/**
 * A member and all of ours that it needs, directly or not.
 *
 * @param all - what `members()` gives.
 * @throws if there is no member of that name.
 */
export function withNeeds(name, all) {
  const byName = new Map(all.map((member) => [member.name, member]));
  if (!byName.has(name)) throw new Error(`there is no member "${name}" in this workspace`);
  const needed = new Set();
  const add = (current) => {
    const member = byName.get(current);
    if (member === undefined || needed.has(member)) return;
    needed.add(member);
    const { dependencies, devDependencies } = member.manifest;
    for (const dependency of Object.keys({ ...dependencies, ...devDependencies })) add(dependency);
  };
  add(name);
  return [...needed];
}

/**
 * Makes `packages/*\/dist` and `benchmarks/dist` current; leaves the program with exit code 1 where that fails. Two programs
 * that do so at once take turns.
 *
 * @param name - a member: it and what it needs, instead of all.
 */
export async function makeReady(name) {
  const onWait = (pid) => process.stderr.write(`Waiting for the build of process ${pid} ...\n`);
  try {
    await withBuildLock(join(root, 'node_modules', '.cpc-build.lock'), () => installAndBuild(name), { onWait });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

async function installAndBuild(name) {
  if (!isInstalled()) {
    process.stderr.write('Installing dependencies ...\n');
    await orExplain('install', pnpm(['install', '--frozen-lockfile']));
  }
  const wanted = name === undefined ? members() : withNeeds(name, members());
  const stale = wanted.filter((member) => member.isBuilt && !isFresh(member.folder, sourcesOutside(member)));
  if (stale.length === 0) return;
  process.stderr.write(`Building ${stale.map((member) => member.name).join(', ')} ...\n`);
  const filters = stale.map((member) => `--filter=${member.name}`);
  const scripts = pnpm([...filters, '--recursive', '--workspace-concurrency=2', 'run', 'build']);
  await Promise.all([orExplain('build', scripts), orExplain('declarations', compileDeclarations())]);
  for (const member of stale.filter(hasDeclarations)) placeDeclarations(member);
}
