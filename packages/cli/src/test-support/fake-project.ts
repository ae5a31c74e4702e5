/** A project outside the repository in which only a made-up domain is installed, as a user's package manager would. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import type { FoundDomain } from '../domains/find-domain.js';

/** The folder of the cli package. */
export const cliFolder = join(import.meta.dirname, '..', '..');
export const fakeDomainFolder = join(import.meta.dirname, '..', 'fixtures', 'fake-domain');

/** The fake domain where it lies. */
export const fakeDomain: FoundDomain = { name: 'text', url: pathToFileURL(join(fakeDomainFolder, 'index.js')).href };

/** An empty folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cpc-cli-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** npm's layout: packages lie flat in `node_modules`. */
export function installFlat(project: string): void {
  installFake(project, 'fake-domain', 'text');
}

/** The same with any fake domain of `fixtures`, under the name of its package. */
export function installFake(project: string, fixture: string, name: string): void {
  const modules = join(project, 'node_modules');
  cpSync(join(import.meta.dirname, '..', 'fixtures', fixture), join(modules, '@cpc', name), { recursive: true });
  link(['@cpc/runs'], modules);
}

/** Links to packages that the command itself has, where they are not there. */
function link(names: readonly string[], modules: string): void {
  for (const name of names.filter((name) => !existsSync(join(modules, name)))) {
    mkdirSync(join(modules, name, '..'), { recursive: true });
    symlinkSync(realpathSync(join(cliFolder, 'node_modules', name)), join(modules, name), 'junction');
  }
}

/** pnpm's layout: `node_modules` holds links into a store. */
export function installLinked(project: string): void {
  const stored = join(project, 'node_modules', '.pnpm', '@cpc+text@1.2.3', 'node_modules', '@cpc', 'text');
  cpSync(fakeDomainFolder, stored, { recursive: true });
  link(['@cpc/runs'], join(project, 'node_modules', '.pnpm', '@cpc+text@1.2.3', 'node_modules'));
  mkdirSync(join(project, 'node_modules', '@cpc'), { recursive: true });
  symlinkSync(stored, join(project, 'node_modules', '@cpc', 'text'), 'junction');
}

/** A copy of the built command, with links to what it needs. @returns its `bin.js`. */
export function installCommand(modules: string): string {
  const copy = join(modules, '@cpc', 'cli');
  for (const part of ['dist', 'package.json']) cpSync(join(cliFolder, part), join(copy, part), { recursive: true });
  const needed = [
    '@cpc/base',
    '@cpc/core',
    '@cpc/records',
    '@cpc/runs',
    '@tensorflow/tfjs',
    'cli-progress',
    'commander',
    'zod',
  ];
  link(needed, modules);
  return join(copy, 'dist', 'bin.js');
}
