/** `cpc <domain> neighbours`: what of some data is most like a query. */
import type { DomainCommands, NeighboursRequest } from '@cpc/runs';
import { type Command, Option } from 'commander';
import type { LoadedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { addDataOptions, type DataOptions, dataOf } from '../options/data-option.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { requireOutput } from '../options/output-option.js';
import { addRunOption, type RunOption, runOf } from '../options/run-option.js';
import { fileEndingIn, wholeNumber } from '../options/values.js';
import { addWordVectorsOption, type WordVectorsOption, wordVectorsOf } from '../options/word-vectors-option.js';
import { table } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';

export interface NeighboursOptions extends RunOption, DataOptions, EngineOptions, GeneralOptions, WordVectorsOption {
  readonly query: string;
  readonly count: number;
  readonly out?: string;
  readonly strict?: true;
}

export function addNeighboursOptions(
  command: Command,
  { query, endings = [] }: NonNullable<DomainCommands['neighbours']>,
  commands: DomainCommands,
): Command {
  addDataOptions(addRunOption(command))
    .addOption(new Option('--query <query>', query).makeOptionMandatory())
    .addOption(new Option('--count <n>', 'how many to tell').argParser(wholeNumber(1)).default(5))
    .addOption(new Option('--strict', 'stop at the first file that cannot be used, instead of skipping it'));
  if (endings.length > 0)
    command.addOption(
      new Option('--out <file>', `also show them in a file ending in ${endings.join(' or ')}`).argParser(
        fileEndingIn(endings),
      ),
    );
  return addGeneralOptions(addEngineOptions(addWordVectorsOption(command, commands)));
}

export async function runNeighbours(
  domain: LoadedDomain,
  options: NeighboursOptions,
  { output }: Context,
): Promise<number> {
  const { query, count, out } = options;
  const request: NeighboursRequest = {
    ...{ run: runOf(options), data: dataOf(options), query, count },
    ...{ engine: engineRequestOf(options), strict: options.strict === true },
    out,
    ...wordVectorsOf(options),
  };
  await requireOutput('--out', out, request);
  const [{ neighbours, files, warnings }, stopped] = await withProgress(async (work) => {
    const summary = await runTask(domain, 'neighbours.run', request, work);
    return [summary, work.signal.aborted] as const;
  });
  const status = stopped ? 'interrupted' : 'completed';
  if (options.json) output.json({ run: request.run, query, status, neighbours, files, warnings });
  else if (neighbours.length > 0)
    output.result(table(neighbours.map(({ label, similarity }) => [similarity.toFixed(3), label])));
  return stopped ? exitCodes.interrupted : exitCodes.done;
}
