/** `--run DIR`: the folder of a trained model. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { existingPath } from './existing-path.js';
import { path } from './values.js';

export interface RunOption {
  readonly run: string;
}

export function addRunOption(command: Command): Command {
  return command.addOption(new Option('--run <dir>', 'run folder made by train').argParser(path).makeOptionMandatory());
}

/** @throws {UsageError} if there is no finished or interrupted run in that folder. */
export function runOf({ run }: RunOption): string {
  existingPath('--run', run);
  if (existsSync(join(run, 'model.safetensors'))) return run;
  throw new UsageError(`--run ${run}: expected the folder of a run, received one without model.safetensors.`);
}
