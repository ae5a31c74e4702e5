/** `--data PATH` or `--builtin`: exactly one of them. For domains that act instead of reading data: `--env NAME`. */
import type { DomainCommands } from '@cpc/runs';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { existingPath } from './existing-path.js';
import { path } from './values.js';

export interface DataOptions {
  readonly data?: string;
  readonly builtin?: true;
}

/** What a request calls the data that a domain makes by itself. */
const builtInData = 'builtin';

export function addDataOptions(command: Command): Command {
  return command
    .addOption(new Option('--data <path>', 'folder or file with your data').argParser(path).conflicts('builtin'))
    .addOption(new Option('--builtin', 'use data that the domain makes by itself'));
}

/** @throws {UsageError} if none is given, or the path does not exist. */
export function dataOf({ data, builtin }: DataOptions): string {
  if (builtin === true) return builtInData;
  if (data === undefined) throw new UsageError('expected --data PATH or --builtin, received neither.');
  existingPath('--data', data);
  return data === builtInData ? `./${data}` : data; // a folder of that name is not the built-in data
}

export interface SourceOptions extends DataOptions {
  readonly env?: string;
}

/** Where a domain's training takes what it learns from. */
export function addSourceOptions(command: Command, { environments }: DomainCommands): Command {
  if (environments === undefined) return addDataOptions(command);
  const { names, others } = environments;
  const known = `environment to act in: ${names.join(', ')}`;
  const what = others === undefined ? known : `${known}; or ${others}`;
  return command.addOption(new Option('--env <name>', what).makeOptionMandatory());
}

/** @throws {UsageError} if data are needed and none are given, or the path does not exist. */
export function sourceOf({ env, ...options }: SourceOptions): string {
  return env ?? dataOf(options);
}
