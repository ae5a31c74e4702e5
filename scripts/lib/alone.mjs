/**
 * A package of ours by itself, with what it needs and nothing else, in an empty project: its example must run there, and what was
 * bundled into it at build time must not have come along as a package, nor what that depends on.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installWithNpm } from './consumer.mjs';
import { runExample } from './readme-example.mjs';
import { withNeeds } from './ready.mjs';
import { members, readJson } from './workspace.mjs';

/**
 * Names of all packages in a project's `package-lock.json`, those within others too.
 *
 * @param lock - the parsed file, of npm 7 or newer.
 */
export function installedPackages({ packages }) {
  const names = Object.keys(packages).flatMap((path) => path.split('node_modules/').at(-1) || []);
  return [...new Set(names)].sort();
}

/** A library that was bundled, and all that it would have brought along. */
export function unwantedWith(folder, bundled) {
  const { dependencies = {} } = readJson(join(folder, 'node_modules', bundled, 'package.json'));
  return [bundled, ...Object.keys(dependencies)];
}

/**
 * @param name - a published package.
 * @param bundled - a development dependency that its build bundles.
 * @param tarballOf - package name -> tarball, absolute.
 * @param project - a folder to make.
 * @returns `{ ok, output }`.
 */
export async function checkAlone({ name, bundled, tarballOf, project }) {
  const own = members().find((member) => member.name === name);
  const needed = withNeeds(name, members()).filter(({ isPublished }) => isPublished);
  const installed = await installWithNpm(
    project,
    new Map(needed.map((member) => [member.name, tarballOf(member.name)])),
  );
  if (!installed.ok) return installed;
  const packages = installedPackages(JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')));
  const list = `installed: ${packages.join(', ')}`;
  const unwanted = unwantedWith(own.folder, bundled).filter((one) => packages.includes(one));
  if (unwanted.length > 0) return { ok: false, output: `${list}\nof these, ${bundled} brings: ${unwanted.join(', ')}` };
  const { ok, output } = await runExample(own.folder, project);
  return { ok, output: `${list}\n${output}` };
}
