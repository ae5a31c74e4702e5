/**
 * A package of ours by itself, installed as its README says, in an empty project: its example must run there, of our packages those that
 * it needs have come along and no others, and nothing that it must not bring.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installWithNpm, installWithPnpm } from './consumer.mjs';
import { runExample } from './readme-example.mjs';
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

/** Names of all packages in pnpm's store of a project, from folders such as `@scope+name@1.2.3_peer@4`. */
export function storedPackages(folders) {
  const names = folders.flatMap((folder) => /^(@[^+@]+\+)?[^@]+(?=@)/.exec(folder)?.[0].replace('+', '/') ?? []);
  return [...new Set(names)].sort();
}

/** A library that was bundled, and all that it would have brought along. */
export function unwantedWith(folder, bundled) {
  const { dependencies = {} } = readJson(join(folder, 'node_modules', bundled, 'package.json'));
  return [bundled, ...Object.keys(dependencies)];
}

/** The packages that the first `npm install` line of a README names. */
export function namedInInstallLine(markdown) {
  const [, words = ''] = /^npm install ([^\n#]*)/m.exec(markdown) ?? [];
  return words.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'));
}

/**
 * @param name - a published package.
 * @param manager - `npm` or `pnpm`.
 * @param unwanted - names of packages, or expressions for them, that must not come along.
 * @param tarballOf - package name -> tarball, absolute.
 * @param project - a folder to make.
 * @returns `{ ok, output }`.
 */
export async function checkAlone({ name, manager, unwanted, tarballOf, project }) {
  const own = members().find((member) => member.name === name);
  const named = namedInInstallLine(readFileSync(join(own.folder, 'README.md'), 'utf8'));
  const needed = publishedNeeds(named.filter((other) => other.startsWith('@cpc/')));
  const tarballs = new Map(needed.map((other) => [other, tarballOf(other)]));
  const others = named.filter((other) => !tarballs.has(other));
  const installed = await (manager === 'npm'
    ? installWithNpm(project, tarballs, others)
    : installWithPnpm(project, tarballs, named));
  if (!installed.ok) return installed;
  const packages = packagesOf(project);
  const list = `installed: ${packages.join(', ')}`;
  const ours = packages.filter((one) => one.startsWith('@cpc/'));
  if (ours.join() !== [...needed].sort().join())
    return { ok: false, output: `${list}\nof ours, expected ${needed.join(', ')}` };
  const found = packages.filter((one) =>
    unwanted.some((rule) => (rule instanceof RegExp ? rule.test(one) : rule === one)),
  );
  if (found.length > 0) return { ok: false, output: `${list}\nof these, not wanted: ${found.join(', ')}` };
  const { ok, output } = await runExample(own.folder, project);
  return { ok, output: `${list}\n${output}` };
}

/** Packages of ours that come along with these, themselves included; what is needed to build them is not among them. */
function publishedNeeds(names) {
  const needed = new Set();
  const add = (name) => {
    const member = members().find((other) => other.name === name);
    if (member === undefined || needed.has(name)) return;
    needed.add(name);
    for (const other of Object.keys(member.manifest.dependencies ?? {})) add(other);
  };
  for (const name of names) add(name);
  return [...needed];
}

function packagesOf(project) {
  const lock = join(project, 'package-lock.json');
  if (existsSync(lock)) return installedPackages(JSON.parse(readFileSync(lock, 'utf8')));
  return storedPackages(readdirSync(join(project, 'node_modules/.pnpm')));
}
