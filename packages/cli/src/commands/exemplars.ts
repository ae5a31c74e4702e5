/** `cpc vision patches`, or what a domain calls it: what excites features of a model most. */
import type { ExemplarsRequest } from '@cpc/runs';
import { type Command, Option } from 'commander';
import type { LoadedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { addDataOptions, type DataOptions, dataOf } from '../options/data-option.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { requireOutput } from '../options/output-option.js';
import { addRunOption, type RunOption, runOf } from '../options/run-option.js';
import { fileEndingIn, indices, wholeNumber } from '../options/values.js';
import { table } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';

export interface ExemplarsOptions extends RunOption, DataOptions, EngineOptions, GeneralOptions {
  readonly features: readonly number[];
  readonly count: number;
  readonly out: string;
  readonly strict?: true;
}

/** @param endings - of the files that the domain writes. */
export function addExemplarsOptions(command: Command, endings: readonly string[]): Command {
  addDataOptions(addRunOption(command))
    .addOption(
      new Option('--features <a,b>', 'features by number, counted from 0').argParser(indices).makeOptionMandatory(),
    )
    .addOption(new Option('--count <n>', 'how many of each').argParser(wholeNumber(1)).default(12))
    .addOption(
      new Option('--out <file>', `a file ending in ${endings.join(' or ')}`)
        .argParser(fileEndingIn(endings))
        .makeOptionMandatory(),
    )
    .addOption(new Option('--strict', 'stop at the first file that cannot be used, instead of skipping it'));
  return addGeneralOptions(addEngineOptions(command));
}

export async function runExemplars(
  domain: LoadedDomain,
  options: ExemplarsOptions,
  { output }: Context,
): Promise<number> {
  const { features, count, out } = options;
  const request: ExemplarsRequest = {
    ...{ run: runOf(options), data: dataOf(options), features, count, out },
    ...{ engine: engineRequestOf(options), strict: options.strict === true },
  };
  await requireOutput('--out', out, request);
  const [{ files, warnings }, stopped] = await withProgress(async (work) => {
    const summary = await runTask(domain, 'exemplars.run', request, work);
    return [summary, work.signal.aborted] as const;
  });
  const status = stopped ? 'interrupted' : 'completed';
  if (options.json) output.json({ run: request.run, features, status, files, warnings });
  else if (files.length > 0) output.summary(table(files.map(({ path, description }) => [path, description])));
  return stopped ? exitCodes.interrupted : exitCodes.done;
}
