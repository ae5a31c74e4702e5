/** Where things stand in this repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, absolute. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Reads and parses a JSON file. */
export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * All members of the workspace.
 *
 * @returns `{ name, folder, manifest, isPublished, isBuilt }` of each, `folder` absolute.
 */
export function members() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));
  return [...packages, join(root, 'benchmarks')]
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => {
      const manifest = readJson(join(folder, 'package.json'));
      const isPublished = manifest.private !== true;
      return { name: manifest.name, folder, manifest, isPublished, isBuilt: manifest.scripts?.build !== undefined };
    });
}

/** The members that go to the registry. */
export function publishedPackages() {
  return members().filter((member) => member.isPublished);
}

/** A development tool's script inside node_modules, absolute: `toolPath('vitest', 'vitest.mjs')`. */
export function toolPath(packageName, file) {
  return join(root, 'node_modules', packageName, file);
}
