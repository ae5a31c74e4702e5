/** The checks of this repository, each a function that returns `{ ok, output }` for `createStages`. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pnpm } from './pnpm.mjs';
import { runNode } from './run.mjs';
import { publishedPackages, readJson, root, toolPath } from './workspace.mjs';

async function outcome(result) {
  const { code, text } = await result;
  return { ok: code === 0, output: text };
}

/** Installs what the lock file says, and refuses a lock file that does not fit the manifests. */
export const install = () => outcome(pnpm(['install', '--frozen-lockfile']));

/** Builds every member, declarations included. */
export const build = () => outcome(runNode(join(root, 'scripts/build.mjs'), []));

/** Format, import order and lint rules. */
export const lint = () =>
  outcome(runNode(toolPath('@biomejs/biome', 'bin/biome'), ['ci', '--colors=off', '.'], { cwd: root }));

/** Strict types of all members, tests and `*.test-d.ts` files included, in one program. */
export const types = () =>
  outcome(runNode(toolPath('typescript', 'bin/tsc'), ['--project', 'tsconfig.json'], { cwd: root }));

/** Directions of imports and the other rules of docs/architecture.md. */
export const boundaries = () => outcome(runNode(join(root, 'scripts/check-boundaries.mjs'), []));

/** The reference of commands says what the commands declare. */
export const commandsReference = () => outcome(runNode(join(root, 'scripts/commands.mjs'), ['--check']));

/**
 * The unit tests, counted one by one; what did not run is listed with its reason.
 *
 * @param options - `slow`: also runs `*.slow.test.ts`.
 */
export async function unitTests({ slow = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-unit-'));
  const report = join(folder, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, '--no-color'];
  const { code, text } = await runNode(toolPath('vitest', 'vitest.mjs'), args, {
    cwd: root,
    env: slow ? { CPC_SLOW: '1' } : {},
  });
  try {
    return { ok: code === 0, output: text, ...countTests(readJson(report)) };
  } catch {
    return { ok: false, output: `${text}\nvitest left no report` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file that cannot be loaded has no tests in the report: it counts as one failure. */
function countTests(report) {
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const skipped = report.testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => ['pending', 'skipped', 'todo', 'disabled'].includes(test.status));
  const notes = skipped.map((test) => `skipped: ${test.fullName}`);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    notes: [
      `${report.numPassedTests} unit tests passed, ${report.numFailedTests} failed, ${skipped.length} skipped`,
      ...notes,
    ],
  };
}

/**
 * Packs every published package as the registry would get it.
 *
 * @param folder - where the tarballs go; emptied by the caller.
 */
export async function pack(folder) {
  const filters = publishedPackages().map(({ name }) => `--filter=${name}`);
  return outcome(pnpm([...filters, '--recursive', '--workspace-concurrency=1', 'pack', '--pack-destination', folder]));
}

/** The tarball of a package in a folder that `pack` filled, absolute; throws if there is none. */
export function tarballOf(packageName, folder) {
  const prefix = `${packageName.replace('@', '').replace('/', '-')}-`;
  const file = readdirSync(folder).find((name) => name.startsWith(prefix) && name.endsWith('.tgz'));
  if (file === undefined) throw new Error(`pack left no tarball ${prefix}*.tgz in ${folder}`);
  return join(folder, file);
}

/** publint and "are the types wrong" on one tarball. */
export async function lintTarball(tarball) {
  const publint = await runNode(toolPath('publint', 'src/cli.js'), ['run', '--strict', tarball], { cwd: root });
  const attwArgs = ['--profile', 'esm-only', '--no-color', '--no-emoji', tarball];
  const attw = await runNode(toolPath('@arethetypeswrong/cli', 'dist/index.js'), attwArgs, { cwd: root });
  return { ok: publint.code === 0 && attw.code === 0, output: `${publint.text}\n${attw.text}` };
}
