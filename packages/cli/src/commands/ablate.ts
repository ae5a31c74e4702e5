/** `cpc <domain> ablate`: a table of the paper by one command. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AblateRequest } from '@cpc/runs';
import { type Command, Option } from 'commander';
import { defaultPreset, type LoadedDomain, type ProbedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { addDataOptions, type DataOptions, dataOf } from '../options/data-option.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { existingPath, folderPath } from '../options/existing-path.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { readOverrides } from '../options/setting-overrides.js';
import { type Assignment, assignment, namesOutOf, path, seed, wholeNumber } from '../options/values.js';
import { shellCommand } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';
import { namingResume } from './naming-resume.js';
import { requireSettings } from './train.js';

/** The data that a domain makes by itself: with two sorts of data, each is named; a folder of that name is `./builtin`. */
const builtIn = dataOf({ builtin: true });

export interface AblateOptions extends DataOptions, EngineOptions, GeneralOptions {
  readonly probeData?: string;
  readonly preset: string;
  readonly config?: string;
  readonly set?: readonly Assignment[];
  readonly rows?: readonly string[];
  readonly figure?: string;
  readonly steps: number;
  readonly seeds: number;
  readonly seed: number;
  readonly task: string;
  readonly folds?: string;
  readonly out: string;
  readonly strict?: true;
}

export function addAblateOptions(command: Command, { commands }: ProbedDomain): Command {
  const { rows = [], figures = [] } = commands.ablation ?? {};
  if (figures.length > 0) {
    command.addOption(
      new Option('--figure <n>', 'make this figure of the paper instead of the table')
        .choices(figures)
        .conflicts(['rows', 'probeData', 'task', 'folds']),
    );
  }
  addDataOptions(command)
    .addOption(
      new Option(
        '--probe-data <path>',
        'labelled data to probe with, or builtin (default: those to train on)',
      ).argParser(path),
    )
    .addOption(
      new Option('--preset <name>', 'named settings that all runs start from')
        .choices(commands.presets)
        .default(defaultPreset(commands)),
    )
    .addOption(new Option('--config <file>', 'JSON file of settings that replace the preset’s').argParser(path))
    .addOption(
      new Option('--set <key=value>', 'replace one setting in all runs; may be repeated').argParser(assignment),
    )
    .addOption(new Option('--rows <a,b>', `which rows: out of ${rows.join(', ')}`).argParser(namesOutOf(rows)))
    .addOption(new Option('--steps <n>', 'updates of every run').argParser(wholeNumber(1)).default(2000))
    .addOption(new Option('--seeds <n>', 'runs of every row').argParser(wholeNumber(1)).default(3))
    .addOption(new Option('--seed <n>', 'the first seed; the others follow it').argParser(seed).default(1))
    .addOption(
      new Option('--task <name>', 'what to read off the features')
        .choices(commands.probeTasks)
        .default(commands.probeTasks[0] ?? ''),
    )
    .addOption(new Option('--folds <file>', 'JSON file that says what each fold holds out').argParser(path))
    .addOption(
      new Option('--out <dir>', 'folder of all runs; called again, finished runs are kept')
        .argParser(path)
        .default(join('runs', `${commands.name}-ablation`)),
    )
    .addOption(new Option('--strict', 'stop at the first file that cannot be used, instead of skipping it'));
  return addGeneralOptions(addEngineOptions(command));
}

/** @throws {UsageError} for options that do not fit each other, the data or the domain's settings. */
export async function ablateRequest(
  { commands }: LoadedDomain,
  options: AblateOptions,
  typed: readonly string[],
): Promise<AblateRequest> {
  const { preset, rows, figure, steps, seeds, task, folds, out } = options;
  const data = options.data === builtIn ? builtIn : dataOf(options);
  const overrides = await readOverrides(options.config, options.set ?? []);
  requireSettings(() => commands.settings(preset, overrides));
  folderPath('--out', out);
  return {
    folds: folds === undefined ? undefined : existingPath('--folds', folds),
    data,
    probeData: options.probeData === undefined ? data : probeDataOf(options.probeData),
    preset,
    overrides,
    rows,
    figure,
    steps,
    seeds: Array.from({ length: seeds }, (_, index) => options.seed + index),
    task,
    out,
    engine: engineRequestOf(options),
    strict: options.strict === true,
    command: shellCommand(['cpc', ...typed]),
  };
}

export async function runAblate(domain: LoadedDomain, options: AblateOptions, context: Context): Promise<number> {
  const request = await ablateRequest(domain, options, context.typed);
  const { output } = context;
  output.words(`Folder of the runs: ${request.out}`);
  const [{ files, warnings }, stopped] = await withProgress(async (work) => {
    const summary = await namingResume(
      () => request.command,
      () => runTask(domain, 'ablation.run', request, work),
    );
    const isComplete = summary.files.length > 0; // a stop may be asked for after the last run
    return [summary, work.signal.aborted && !isComplete] as const;
  });
  const status = stopped ? 'interrupted' : 'completed';
  const tableFile = files.find(({ path: name }) => name.endsWith('.md'));
  if (options.json) output.json({ out: request.out, status, files, warnings });
  else if (tableFile !== undefined) output.summary((await readFile(tableFile.path, 'utf8')).trimEnd());
  if (stopped) output.words(`Interrupted. To go on:\n  ${request.command}`);
  return stopped ? exitCodes.interrupted : exitCodes.done;
}

function probeDataOf(probeData: string): string {
  return probeData === builtIn ? builtIn : existingPath('--probe-data', probeData);
}
