/** `cpc <domain> probe`. */
import type { ProbeRequest } from '@cpc/core/node';
import type { ProbeResult } from '@cpc/records';
import { type Command, Option } from 'commander';
import type { LoadedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { addDataOptions, type DataOptions, dataOf } from '../options/data-option.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { addRunOption, type RunOption, runOf } from '../options/run-option.js';
import { namesOutOf, seed } from '../options/values.js';
import { percent, table } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';

export interface ProbeOptions extends RunOption, DataOptions, EngineOptions, GeneralOptions {
  readonly task: string;
  readonly representation?: 'latent' | 'context';
  readonly baselines: readonly string[];
  readonly seed: number;
  readonly strict?: true;
}

/** The least a figure needs beside it. */
const leastBaseline = 'random';

export function addProbeOptions(command: Command, { commands }: LoadedDomain): Command {
  const [firstTask] = commands.probeTasks;
  const baselines = commands.baselines.filter((name) => name === leastBaseline);
  const task = new Option('--task <name>', 'what to read off the features').choices(commands.probeTasks);
  addDataOptions(addRunOption(command))
    .addOption(firstTask === undefined ? task.makeOptionMandatory() : task.default(firstTask))
    .addOption(
      new Option('--representation <name>', 'which features (default: the domain’s choice for the task)').choices([
        'latent',
        'context',
      ]),
    )
    .addOption(
      new Option('--baselines <a,b>', `what to compare with: none, or out of ${commands.baselines.join(', ')}`)
        .argParser(namesOutOf(commands.baselines))
        .default(baselines, baselines.join(',') || 'none'),
    )
    .addOption(new Option('--seed <n>', 'decides folds and intervals').argParser(seed).default(1))
    .addOption(new Option('--strict', 'refuse damaged files instead of leaving them out'));
  return addGeneralOptions(addEngineOptions(command));
}

export function probeRequest(options: ProbeOptions): ProbeRequest {
  return {
    run: runOf(options),
    data: dataOf(options),
    task: options.task,
    ...(options.representation === undefined ? {} : { representation: options.representation }),
    baselines: options.baselines,
    seed: options.seed,
    engine: engineRequestOf(options),
    strict: options.strict === true,
  };
}

export async function runProbe(domain: LoadedDomain, options: ProbeOptions, { output }: Context): Promise<number> {
  const request = probeRequest(options);
  const [summary, stopped] = await withProgress(async (work) => {
    const summary = await runTask(domain, 'probe', request, work);
    return [summary, work.signal.aborted] as const;
  });
  const { run, task } = request;
  const { results, warnings } = summary;
  const status = stopped ? 'interrupted' : 'completed';
  if (options.json) output.result(JSON.stringify({ run, task, status, results, warnings }));
  else if (results.length > 0) output.result(probeText(results));
  return stopped ? exitCodes.interrupted : exitCodes.done;
}

/** The figures, and below them how the data were split and which label a position took. */
function probeText(results: readonly ProbeResult[]): string {
  const notes = (['split', 'alignment'] as const).flatMap((name) =>
    [...new Set(results.map((result) => result[name]))]
      .filter((note) => note !== undefined)
      .map((note) => [name, note]),
  );
  return [probeTable(results), ...(notes.length === 0 ? [] : ['', table(notes)])].join('\n');
}

/** A row per origin of the features. */
function probeTable(results: readonly ProbeResult[]): string {
  const rows = results.map(({ task, representation, baseline, accuracy, confidence, classes, counts }) => [
    baseline ?? 'trained',
    task,
    representation,
    percent(accuracy),
    `${percent(confidence.low)} to ${percent(confidence.high)} (${Math.round(confidence.level * 100)} %)`,
    String(classes),
    String(counts.test),
  ]);
  const head = ['features', 'task', 'representation', 'accuracy', 'interval', 'classes', 'tested'];
  return table([head, ...rows], [3, 5, 6]);
}
