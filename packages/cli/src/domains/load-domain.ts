/** Loads a domain that was found: this brings TensorFlow.js along and takes about a second. */
import type { DomainCommands } from '@cpc/runs/commands';
import { WorkError } from '../errors.js';
import type { FoundDomain } from './find-domain.js';
import { installCommand, packageOf } from './known-domains.js';

/** Name of the object that a domain's `./node` entry exports. */
export const commandsExport = 'domainCommands';

/** Commands, and the module that exports them. */
export interface LoadedCommands {
  readonly url: string;
  readonly commands: Pick<DomainCommands, 'name' | 'summary' | 'commands'>;
}

export interface LoadedDomain extends FoundDomain {
  readonly commands: DomainCommands;
}

/** @throws {WorkError} if the module exports no commands. */
export async function loadCommands(url: string, program: string): Promise<LoadedCommands> {
  const exported: Record<string, unknown> = await import(url);
  const commands = exported[commandsExport];
  if (isDomainCommands(commands)) return { url, commands };
  throw new WorkError(`${program}: expected ${url} to export ${commandsExport}, a list of commands.`);
}

/** @throws {WorkError} if the package does not load, or offers no commands. */
export async function loadDomain(found: FoundDomain): Promise<LoadedDomain> {
  const exported = await importModule(found);
  const commands = exported[commandsExport];
  if (!isDomainCommands(commands)) {
    throw new WorkError(
      `${packageOf(found.name)} offers no commands to this version of cpc. Update both: ${installCommand('@cpc/cli', packageOf(found.name))}`,
    );
  }
  return { ...found, commands };
}

async function importModule({ name, url }: FoundDomain): Promise<Record<string, unknown>> {
  try {
    return await import(url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkError(
      `${packageOf(name)} could not be loaded: ${reason}\nInstall it again: ${installCommand(packageOf(name))}`,
    );
  }
}

function isDomainCommands(value: unknown): value is DomainCommands {
  if (typeof value !== 'object' || value === null) return false;
  return 'name' in value && 'commands' in value && Array.isArray(value.commands);
}
