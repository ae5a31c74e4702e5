/** Names of commands by what they take, so that tests of the command line know no command of a domain by name. */
import type { DomainCommands } from '@cpc/runs/commands';

/** The domain's only command with that option, such as `query`. */
export function commandTaking(option: string, { name, commands }: DomainCommands): string {
  const [found, ...others] = commands.filter(({ options }) => option in options);
  if (found !== undefined && others.length === 0) return found.name;
  throw new Error(`${name}: expected 1 command with the option ${option}, found ${others.length + (found ? 1 : 0)}`);
}
