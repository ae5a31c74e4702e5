/**
 * The pnpm that package.json pins, on a machine that has only Node and npm.
 *
 * `npm exec` downloads it once into npm's cache. corepack would do the same, but Node 25 no longer ships it.
 */
import { join } from 'node:path';
import { run } from './run.mjs';
import { readJson, root } from './workspace.mjs';

/** Runs pnpm with these arguments; options and result are those of `run`, `cwd` is the root unless given. */
export function pnpm(args, options = {}) {
  const { packageManager } = readJson(join(root, 'package.json'));
  return run('npm', ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', ...args], {
    cwd: root,
    shell: process.platform === 'win32', // npm is npm.cmd there
    ...options,
  });
}
