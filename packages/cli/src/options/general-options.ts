/** Options of every command that works: how it speaks. */
import { type Command, Option } from 'commander';

export interface GeneralOptions {
  /** One JSON object on stdout at the end, instead of a table. */
  readonly json?: true;
  /** Errors with their stack trace. */
  readonly verbose?: true;
}

export function addGeneralOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print one JSON object at the end on stdout, and nothing else there'))
    .addOption(new Option('--verbose', 'print errors with their stack trace'));
}
