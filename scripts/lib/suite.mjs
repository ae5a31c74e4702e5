/** The order of the checks: which stage needs which. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { checkAlone, unwantedWith } from './alone.mjs';
import { checkBrowsers, checkProbesInBrowser } from './browser.mjs';
import {
  boundaries,
  build,
  commandsReference,
  install,
  lint,
  lintTarball,
  pack,
  tarballOf,
  types,
  unitTests,
} from './checks.mjs';
import { checkFences } from './code-fences.mjs';
import { installWithNpm, installWithPnpm } from './consumer.mjs';
import { checkDeclarations } from './declarations.mjs';
import { checkManagers } from './managers.mjs';
import { runExample } from './readme-example.mjs';
import { publishedPackages, root } from './workspace.mjs';

/** Everything that can be said about the sources in place. */
export async function checkSources(stage, { slow }) {
  await stage('install', install);
  await stage('build', build, ['install']);
  await stage('lint', lint, ['install']);
  await stage('types', types, ['install']);
  await stage('boundaries', boundaries, ['install']);
  await stage('docs/commands.md', commandsReference, ['build']);
  await stage('unit tests', () => unitTests({ slow }), ['build']); // some start processes, which run built files
}

/** Packs every package and lints what the registry would get. */
export async function checkTarballs(stage, folder) {
  mkdirSync(folder, { recursive: true });
  await stage('pack', () => pack(folder), ['build']);
  for (const { name } of publishedPackages()) {
    await stage(`package lint of ${name}`, () => lintTarball(tarballOf(name, folder)), ['pack']);
  }
}

/** Installs the tarballs into empty projects and runs every README's example there. */
export async function checkConsumers(stage, tarballFolder, projects) {
  const packages = publishedPackages();
  const tarballs = () => new Map(packages.map(({ name }) => [name, tarballOf(name, tarballFolder)]));
  const managers = [
    { manager: 'npm', installInto: (folder, tarballs) => installWithNpm(folder, tarballs, ['onnxruntime-web@1.30.0']) },
    { manager: 'pnpm', installInto: installWithPnpm },
  ];
  for (const { manager, installInto } of managers) {
    const project = join(projects, manager);
    const installed = `install from tarballs with ${manager}`;
    await stage(installed, () => installInto(project, tarballs()), ['pack']);
    if (manager === 'npm') await stage('code fences of READMEs and docs', () => checkFences(project), [installed]);
    for (const { folder } of packages) {
      const name = `README example of ${basename(folder)} under ${manager}`;
      await stage(name, () => runExample(folder, project), [installed]);
    }
  }
}

/** Pages of a user's project in Chromium, and our declarations under TypeScript 5.9 to 7. */
export async function checkUses(stage, projects) {
  const project = join(projects, 'npm');
  await checkDeclarations(stage, project, 'install from tarballs with npm');
  await checkBrowsers(stage, project, 'install from tarballs with npm');
  await checkProbesInBrowser(stage, join(projects, 'probes-alone-npm'), '@cpc/probes alone with npm');
}

/** Installs with every package manager of `managers.mjs`, and runs the command under each and under Deno and Bun. */
export async function checkAllManagers(stage, tarballFolder, projects) {
  const names = publishedPackages().map(({ name }) => name);
  const tarballs = () => new Map(names.map((name) => [name, tarballOf(name, tarballFolder)]));
  await checkManagers(stage, tarballs, join(projects, 'managers'));
}

const engines = [/^@tensorflow\//, /^onnxruntime-/];

/** What a package must not bring, by its name; asked once everything is installed. */
const unwantedBy = {
  '@cpc/base': () => engines,
  '@cpc/records': () => engines,
  '@cpc/environments': () => engines, // usable without an agent
  '@cpc/text': () => unwantedWith(join(root, 'packages/text'), 'natural'), // bundled
};

/**
 * Installs packages by themselves, each into an empty project of its own.
 *
 * @param options - `full`: every package, with npm and pnpm; else the one that bundles a library, with npm.
 */
export async function checkAloneOnes(stage, tarballFolder, projects, { full }) {
  const names = full ? publishedPackages().map(({ name }) => name) : ['@cpc/text'];
  for (const manager of full ? ['npm', 'pnpm'] : ['npm'])
    for (const name of names) {
      const project = join(projects, `${basename(name)}-alone-${manager}`);
      const tarball = (needed) => tarballOf(needed, tarballFolder);
      const check = { name, manager, project, tarballOf: tarball };
      const work = () => checkAlone({ ...check, unwanted: unwantedBy[name]?.() ?? [] });
      await stage(`${name} alone with ${manager}`, work, ['pack']);
    }
}

/** Calls `work` with a new folder outside the repository, and removes it afterwards. */
export async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
