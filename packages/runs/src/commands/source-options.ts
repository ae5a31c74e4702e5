/** `--data PATH` or `--builtin`: exactly one of them. For domains that act instead of reading data: `--env NAME`. */
import { UsageError } from '@cpc/base';
import { existingPath } from './existing-path.js';
import { flag, type GivenOf, optional, required } from './option.js';
import { path, text } from './values.js';

/** What a request calls the data that a domain makes by itself. */
export const builtInData = 'builtin';

export const dataOptions = {
  data: optional(path, {
    placeholder: '<path>',
    help: 'folder or file with your data',
    conflictsWith: '--builtin',
    check: existingPath,
  }),
  builtin: flag('use data that the domain makes by itself'),
};

/** @throws {UsageError} if none is given. */
export function dataOf({ data, builtin }: GivenOf<typeof dataOptions>): string {
  if (builtin) return builtInData;
  if (data === undefined) throw new UsageError('expected --data PATH or --builtin, received neither.');
  return data === builtInData ? `./${data}` : data; // a folder of that name is not the built-in data
}

/** The environments that a domain acts in. */
export interface EnvironmentNames {
  /** Those that come with the domain. */
  readonly names: readonly string[];
  /** How others are named; absent where there are no others. */
  readonly others?: string;
}

export function environmentOptions({ names, others }: EnvironmentNames) {
  const known = `environment to act in: ${names.join(', ')}`;
  const help = others === undefined ? known : `${known}; or ${others}`;
  return { env: required(text, { placeholder: '<name>', help }) };
}
