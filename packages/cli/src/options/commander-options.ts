/** From declared options to the options of commander, and from what was typed to the values under the declaration's keys. */
import { type CommandOption, type CommandOptions, flagOf } from '@cpc/runs/commands';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** Adds a command's options to a commander command. */
export function addOptions(command: Command, options: CommandOptions): Command {
  for (const [key, declared] of Object.entries(options)) command.addOption(optionOf(key, declared));
  return command;
}

/** The values by key, each looked at once more where its declaration says how. @throws {UsageError} from that look. */
export function givenValues(typed: Readonly<Record<string, unknown>>, options: CommandOptions): object {
  const entries = Object.entries(options).map(([key, declared]) => {
    const value = typed[optionOf(key, declared).attributeName()] ?? declared.default;
    if (value !== undefined && value !== null) declared.check?.(flagOf(key, declared), value);
    return [key, value] as const;
  });
  return Object.fromEntries(entries);
}

function optionOf(key: string, declared: CommandOption): Option {
  const name = flagOf(key, declared);
  const { placeholder, help, choices, defaultText, conflictsWith } = declared;
  const option = new Option(placeholder === undefined ? name : `${name} ${placeholder}`, help);
  if (choices !== undefined) option.choices(choices);
  else if (placeholder !== undefined) option.argParser((text, before) => readValue(declared, text, before));
  if (declared.default !== undefined && placeholder !== undefined && declared.isRepeatable !== true)
    option.default(declared.default, defaultText);
  if (conflictsWith !== undefined) option.conflicts(new Option(conflictsWith).attributeName());
  return option.makeOptionMandatory(declared.isRequired === true);
}

/** @param before - the default, or the values of the same option that were typed before. */
function readValue({ schema, isRepeatable }: CommandOption, text: string, before: unknown): unknown {
  const read = schema.safeParse(text);
  if (!read.success) throw new InvalidArgumentError(read.error.issues[0]?.message ?? 'Expected another value.');
  return isRepeatable === true ? [...(Array.isArray(before) ? before : []), read.data] : read.data;
}
