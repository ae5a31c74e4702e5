/** `--run DIR`: the folder of a trained model; and options that many commands share. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@cpc/base';
import { existingPath } from './existing-path.js';
import { flag, required, withDefault } from './option.js';
import { fileEndingIn, path, seed } from './values.js';

export const runOptions = {
  run: required(path, { placeholder: '<dir>', help: 'run folder made by train', check: requireRun }),
};

/** @throws {UsageError} if there is no finished or interrupted run in that folder. */
function requireRun(flagName: string, run: string): void {
  existingPath(flagName, run);
  if (existsSync(join(run, 'model.safetensors'))) return;
  throw new UsageError(`${flagName} ${run}: expected the folder of a run, received one without model.safetensors.`);
}

export const strictOptions = { strict: flag('stop at the first file that cannot be used, instead of skipping it') };

/** @param decides - such as `folds and intervals`. */
export function seedOptions(decides: string) {
  return { seed: withDefault(seed, 1, { placeholder: '<n>', help: `decides ${decides}` }) };
}

/** `--out FILE`, to be written. */
export function outputOptions(endings: readonly string[]) {
  const help = `file to write, ending in ${endings.join(' or ')}`;
  return { out: required(fileEndingIn(endings), { placeholder: '<file>', help }) };
}
