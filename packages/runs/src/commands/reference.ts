/** The commands of a domain as Markdown, from their declarations. */
import type { DomainCommand, DomainCommands } from './command.js';
import { type CommandOption, flagOf } from './option.js';

/**
 * @param program - what is typed in front of a command, such as `cpc audio`.
 * @returns a heading of the second level, and one of the third with a table of options for every command; line end included.
 */
export function commandReference(
  { summary, commands }: Pick<DomainCommands, 'summary' | 'commands'>,
  program: string,
): string {
  const parts = [`## ${program}`, sentence(summary), ...commands.map((command) => commandText(command, program))];
  return `${parts.join('\n\n')}\n`;
}

function commandText({ name, summary, options, examples }: DomainCommand, program: string): string {
  const rows = Object.entries(options).map(([key, option]) => `| ${optionCell(key, option)} | ${helpCell(option)} |`);
  const lines = examples.map((words) => `${program} ${name} ${words}`);
  return [
    `### ${program} ${name}`,
    sentence(summary),
    ['```sh', ...lines, '```'].join('\n'),
    ['| option | meaning |', '|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

function optionCell(key: string, option: CommandOption): string {
  const words = [flagOf(key, option), ...(option.placeholder === undefined ? [] : [option.placeholder])];
  return `\`${words.join(' ')}\``;
}

function helpCell({ help, choices, isRequired, placeholder, default: value, defaultText }: CommandOption): string {
  const notes = [
    ...(isRequired === true ? ['required'] : []),
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(placeholder === undefined || value === undefined || isEmpty(value)
      ? []
      : [`default: ${defaultText ?? String(value)}`]),
  ];
  const text = notes.length === 0 ? help : `${help} (${notes.join('; ')})`;
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
