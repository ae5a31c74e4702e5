/**
 * Finds an installed domain, wherever npm, pnpm or npx put it, without loading it.
 *
 * Looked for in this order: from the folder in which the command was typed, so that a project's own version wins; from the
 * path by which the command was called, which pnpm's global folder needs; and from the place where the command really lies.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UsageError } from '@cpc/base';
import { WorkError } from '../errors.js';
import { type DomainName, installCommand, packageOf } from './known-domains.js';

export interface FoundDomain {
  readonly name: DomainName;
  /** `file:` URL of the module that exports `domainCommands`. */
  readonly url: string;
}

/** Files whose `node_modules` are searched, and those of the folders above. */
export function searchPlaces(): string[] {
  const called = process.argv[1];
  return [
    join(process.cwd(), 'package.json'),
    ...(called === undefined ? [] : [called]),
    fileURLToPath(import.meta.url),
  ];
}

/**
 * @returns undefined if the domain's package is in none of the places.
 * @throws {WorkError} if the package is there and has no entry `./node`: an unfinished installation.
 */
export function findDomain(name: DomainName, places: readonly string[] = searchPlaces()): FoundDomain | undefined {
  for (const place of places) {
    const require = createRequire(place);
    if (!isInstalled(require, name)) continue;
    try {
      return { name, url: pathToFileURL(require.resolve(`${packageOf(name)}/node`)).href };
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      throw new WorkError(
        `${packageOf(name)} is installed, but its entry ./node cannot be found (${reason}).\nInstall it again: ${installCommand(packageOf(name))}`,
      );
    }
  }
  return undefined;
}

/** What came of looking for a domain: it was found, or it is not there, or there is something wrong with it. */
export interface DomainSearch {
  readonly name: DomainName;
  readonly found?: FoundDomain | undefined;
  /** For whoever asks for this very domain; others need not care. */
  readonly problem?: Error | undefined;
}

/** Looks for a domain and never throws: a half-installed one must not take the others along. */
export function searchDomain(name: DomainName, places: readonly string[] = searchPlaces()): DomainSearch {
  try {
    const found = findDomain(name, places);
    return { name, found };
  } catch (error) {
    return { name, problem: error instanceof Error ? error : new Error(String(error)) };
  }
}

function isInstalled(require: NodeJS.Require, name: DomainName): boolean {
  try {
    require.resolve(`${packageOf(name)}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/** What to say when a domain is asked for that is not there. */
export function notInstalled(name: DomainName): UsageError {
  const packageName = packageOf(name);
  return new UsageError(
    `"${name}" needs the package ${packageName}, which is not installed.\nRun: ${installCommand(packageName)}`,
  );
}
