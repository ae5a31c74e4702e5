/** `cpc <domain> sweep`: a random search over settings, as the paper makes it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SweepRequest } from '@cpc/runs';
import { type Command, Option } from 'commander';
import { defaultPreset, type LoadedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { addSourceOptions, type SourceOptions, sourceOf } from '../options/data-option.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { folderPath } from '../options/existing-path.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { readOverrides } from '../options/setting-overrides.js';
import { type Assignment, assignment, path, positiveNumber, seed, wholeNumber } from '../options/values.js';
import { shellCommand } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';
import { namingResume } from './naming-resume.js';
import { requireSettings } from './train.js';

export interface SweepOptions extends SourceOptions, EngineOptions, GeneralOptions {
  readonly preset: string;
  readonly config?: string;
  readonly set?: readonly Assignment[];
  readonly draws: number;
  readonly frames: number;
  readonly halving?: true;
  readonly workers: number;
  readonly seed: number;
  readonly out: string;
}

export function addSweepOptions(command: Command, { commands }: LoadedDomain): Command {
  addSourceOptions(command, commands)
    .addOption(
      new Option('--preset <name>', 'named settings that all runs start from')
        .choices(commands.presets)
        .default(defaultPreset(commands)),
    )
    .addOption(new Option('--config <file>', 'JSON file of settings that replace the preset’s').argParser(path))
    .addOption(
      new Option('--set <key=value>', 'replace one setting in all runs; may be repeated').argParser(assignment),
    )
    .addOption(new Option('--draws <n>', 'how many settings are tried').argParser(wholeNumber(1)).default(24))
    .addOption(new Option('--frames <n>', 'frames of a whole run').argParser(positiveNumber).makeOptionMandatory())
    .addOption(
      new Option('--halving', 'successive halving: only the better half goes on, each time for twice as many frames'),
    )
    .addOption(
      new Option('--workers <n>', 'threads that the environments run in').argParser(wholeNumber(0, 64)).default(1),
    )
    .addOption(new Option('--seed <n>', 'decides what is drawn, and all runs').argParser(seed).default(1))
    .addOption(
      new Option('--out <dir>', 'folder of all runs; called again, finished runs are kept')
        .argParser(path)
        .default(join('runs', `${commands.name}-sweep`)),
    );
  return addGeneralOptions(addEngineOptions(command));
}

export async function runSweep(domain: LoadedDomain, options: SweepOptions, context: Context): Promise<number> {
  const request = await sweepRequest(domain, options, context.typed);
  const { output } = context;
  output.words(`Folder of the runs: ${request.out}`);
  const [{ files, warnings }, stopped] = await withProgress(async (work) => {
    const summary = await namingResume(
      () => request.command,
      () => runTask(domain, 'sweep.run', request, work),
    );
    return [summary, work.signal.aborted && summary.files.length === 0] as const; // a stop may be asked for after the last run
  });
  const status = stopped ? 'interrupted' : 'completed';
  const tableFile = files.find(({ path: name }) => name.endsWith('.md'));
  if (options.json) output.json({ out: request.out, status, files, warnings });
  else if (tableFile !== undefined) output.summary((await readFile(tableFile.path, 'utf8')).trimEnd());
  if (stopped) output.words(`Interrupted. To go on:\n  ${request.command}`);
  return stopped ? exitCodes.interrupted : exitCodes.done;
}

async function sweepRequest(
  { commands }: LoadedDomain,
  options: SweepOptions,
  typed: readonly string[],
): Promise<SweepRequest> {
  const { preset, draws, frames, workers, out } = options;
  const overrides = await readOverrides(options.config, options.set ?? []);
  requireSettings(() => commands.settings(preset, overrides));
  folderPath('--out', out);
  return {
    ...{ data: sourceOf(options), preset, overrides, draws, frames, workers, out },
    halving: options.halving === true,
    seed: options.seed,
    engine: engineRequestOf(options),
    command: shellCommand(['cpc', ...typed]),
  };
}
