/**
 * Type declarations of all packages, by one run of the compiler: it reads every source once, where a bundler of declarations
 * would read core's again for each package that uses it.
 */
import { cpSync, existsSync, utimesSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { runNode } from './run.mjs';
import { root, toolPath } from './workspace.mjs';

const output = join(root, 'node_modules', '.cache', 'declarations');

/** Compiles the declarations that have changed. @returns the exit code and what the compiler said. */
export function compileDeclarations() {
  return runNode(toolPath('typescript', 'bin/tsc'), ['--project', 'tsconfig.declarations.json'], { cwd: root });
}

/** Puts a package's declarations beside its JavaScript, the main ones last: by their time a package counts as built. */
export function placeDeclarations({ folder }) {
  const dist = join(folder, 'dist');
  const compiled = join(output, 'packages', basename(folder), 'src');
  const hasSource = (path) => existsSync(join(folder, 'src', relative(compiled, path).replace(/\.d\.ts$/, '.ts'))); // not that of a file of before
  cpSync(compiled, dist, { recursive: true, filter: hasSource });
  const now = new Date();
  utimesSync(join(dist, 'index.d.ts'), now, now);
}

/** Whether others import what a member exports. */
export function hasDeclarations({ manifest }) {
  return manifest.exports !== undefined;
}
