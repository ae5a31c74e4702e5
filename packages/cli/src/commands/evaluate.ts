/** `cpc <domain> evaluate`: how well a trained agent does, beside policies that learnt nothing. */

import type { EvaluationResult } from '@cpc/records';
import type { EvaluateRequest } from '@cpc/runs';
import { type Command, Option } from 'commander';
import type { LoadedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { requireOutput } from '../options/output-option.js';
import { addRunOption, type RunOption, runOf } from '../options/run-option.js';
import { fileEndingIn, namesOutOf, seed, wholeNumber } from '../options/values.js';
import { short, table } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';

export interface EvaluateOptions extends RunOption, EngineOptions, GeneralOptions {
  readonly env?: string;
  readonly episodes: number;
  readonly greedy?: true;
  readonly baselines: readonly string[];
  readonly video?: string;
  readonly workers: number;
  readonly seed: number;
}

export function addEvaluateOptions(command: Command, { commands }: LoadedDomain): Command {
  const { baselines = [] } = commands.evaluation ?? {};
  addRunOption(command)
    .addOption(new Option('--env <name>', 'environment to act in (default: the one it was trained in)'))
    .addOption(new Option('--episodes <n>', 'whole episodes of every policy').argParser(wholeNumber(1)).default(100))
    .addOption(new Option('--greedy', 'take the likeliest action instead of drawing one'))
    .addOption(
      new Option('--baselines <a,b>', `what to compare with: none, or out of ${baselines.join(', ')}`)
        .argParser(namesOutOf(baselines))
        .default([...baselines], baselines.join(',') || 'none'),
    )
    .addOption(
      new Option('--video <file>', 'film the trained agent’s first episode into a file ending in .gif').argParser(
        fileEndingIn(['.gif']),
      ),
    )
    .addOption(
      new Option('--workers <n>', 'threads that the environments run in').argParser(wholeNumber(0, 64)).default(1),
    )
    .addOption(new Option('--seed <n>', 'decides episodes and actions').argParser(seed).default(1));
  return addGeneralOptions(addEngineOptions(command));
}

export async function runEvaluate(
  domain: LoadedDomain,
  options: EvaluateOptions,
  { output }: Context,
): Promise<number> {
  const request = evaluateRequest(options);
  await requireOutput('--video', options.video);
  const [{ evaluations, files, warnings }, stopped] = await withProgress(async (work) => {
    const summary = await runTask(domain, 'evaluation.run', request, work);
    return [summary, work.signal.aborted] as const;
  });
  const status = stopped ? 'interrupted' : 'completed';
  if (options.json) output.json({ run: request.run, status, evaluations, files, warnings });
  else if (evaluations.length > 0) output.result(evaluationTable(evaluations));
  if (!options.json) for (const { path, description } of files) output.words(`${path}: ${description}`);
  return stopped ? exitCodes.interrupted : exitCodes.done;
}

function evaluateRequest(options: EvaluateOptions): EvaluateRequest {
  const { env, video, episodes, baselines, workers } = options;
  return {
    run: runOf(options),
    environment: env,
    video,
    ...{ episodes, baselines, workers, seed: options.seed, greedy: options.greedy === true },
    engine: engineRequestOf(options),
  };
}

function evaluationTable(evaluations: readonly EvaluationResult[]): string {
  const rows = evaluations.map((result) => [
    result.policy,
    short(result.meanReturn),
    short(result.standardError),
    short(result.leastReturn),
    short(result.greatestReturn),
    short(result.meanSteps),
    String(result.episodes),
  ]);
  const head = ['policy', 'mean return', 'standard error', 'least', 'greatest', 'agent steps', 'episodes'];
  return table([head, ...rows], [1, 2, 3, 4, 5, 6]);
}
