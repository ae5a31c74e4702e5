/** `cpc <domain> train`: settings, limits and the run folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@cpc/base';
import type { ResolvedSetting, TrainingEvent } from '@cpc/records';
import { type Control, defineTraining, type SettingOverrides, type TrainingCommand } from './command.js';
import { engineOptions, engineRequestOf } from './engine-options.js';
import { existingPath, folderPath } from './existing-path.js';
import { flag, type GivenOf, optional, repeated, withDefault } from './option.js';
import type { TrainRequest } from './requests.js';
import { seedOptions, strictOptions } from './run-options.js';
import { readOverrides } from './setting-overrides.js';
import { dataOf, dataOptions, type EnvironmentNames, environmentOptions } from './source-options.js';
import { shellCommand, table } from './text.js';
import { assignment, atLeastOne, choice, path, positiveNumber, wholeNumber } from './values.js';

export interface TrainingDescription {
  /** The domain's name. */
  readonly domain: string;
  /** At least one; the default is `small` if there is one of that name, else the first. */
  readonly presets: readonly string[];
  /** Every setting with the preset's value; throws a CpcError that names a wrong one, or several that do not fit together. */
  readonly settings: (preset: string, overrides: SettingOverrides) => Readonly<Record<string, ResolvedSetting>>;
  /** For domains that act in an environment instead of reading data: `data` of a request is then the name of one. */
  readonly environments?: EnvironmentNames;
  readonly run: (request: TrainRequest, control: Control) => AsyncGenerator<TrainingEvent, void, undefined>;
}

/** The command `train` of a domain. */
export function trainCommand(description: TrainingDescription): TrainingCommand {
  const { environments, run } = description;
  const shared = { summary: 'train a model into a run folder', details: () => settingsText(description), run };
  if (environments === undefined) {
    const options = { ...dataOptions, ...trainOptions(description), epochs: epochsOption };
    return defineTraining({
      ...shared,
      name: 'train',
      options: inOrder(options, 'epochs'),
      examples: ['--builtin --steps 500 --out runs/first', '--data my-data --minutes 30'],
      prepare: (given, { typed }) => trainRequest(description, { ...given, source: dataOf(given) }, typed),
    });
  }
  const options = { ...environmentOptions(environments), ...trainOptions(description), frames: framesOption };
  const [environment] = environments.names;
  return defineTraining({
    ...shared,
    name: 'train',
    options: inOrder(options, 'frames'),
    examples: [`--env ${environment} --steps 500 --out runs/first`, `--env ${environment} --minutes 30`],
    prepare: (given, { typed }) => trainRequest(description, { ...given, source: given.env }, typed),
  });
}

const epochsOption = optional(positiveNumber, {
  placeholder: '<n>',
  help: 'end after this many passes over the data',
});

const framesOption = optional(positiveNumber, {
  placeholder: '<n>',
  help: 'end after this many frames, of all copies of the environment together',
});

/** The amount of data stands in help next to the number of updates. */
function inOrder<Options extends object>(options: Options, amount: keyof Options & string): Options {
  const entries = Object.entries(options).filter(([key]) => key !== amount);
  const after = 1 + entries.findIndex(([key]) => key === 'steps');
  entries.splice(after, 0, [amount, options[amount]]);
  return Object.fromEntries(entries) as Options; // the same entries
}

/** @param of - which runs, for help: empty, or such as ` in all runs`. */
export function settingsOptions(of = '') {
  return {
    config: optional(path, { placeholder: '<file>', help: 'JSON file of settings that replace the preset’s' }),
    set: repeated(assignment, { placeholder: '<key=value>', help: `replace one setting${of}; may be repeated` }),
  };
}

function trainOptions({ domain, presets, environments }: TrainingDescription) {
  return {
    preset: optional(choice(atLeastOne(presets, 'presets')), {
      placeholder: '<name>',
      help: `named settings to start from; default: ${defaultPreset(presets)}, or that of --from`,
      choices: presets,
    }),
    from: optional(path, {
      placeholder: '<run>',
      help: 'begin with the parameters of another run, and with its settings where none are given; moments are fresh',
    }),
    ...settingsOptions(),
    steps: optional(wholeNumber(1), { placeholder: '<n>', help: 'end after this many updates' }),
    minutes: optional(positiveNumber, { placeholder: '<n>', help: 'end after this much time spent training' }),
    checkpointEvery: optional(wholeNumber(1), {
      placeholder: '<n>',
      help: 'save after this many updates (default: 500, and every 2 minutes)',
    }),
    workers: withDefault(wholeNumber(0, 64), 1, {
      placeholder: '<n>',
      help:
        environments === undefined
          ? 'threads that make batches while a step is computed; 0: the training thread makes them'
          : 'threads that the environments run in; 0: the training thread runs them',
    }),
    ...seedOptions('everything that is random'),
    out: optional(path, {
      placeholder: '<dir>',
      help: `run folder (default: runs/${domain}-<preset>-<date-time>)`,
    }),
    resume: flag('resume the run in --out, given the same options as before'),
    ...strictOptions,
    ...engineOptions,
  };
}

type GivenTraining = GivenOf<ReturnType<typeof trainOptions>> & {
  readonly source: string;
  readonly epochs?: number | undefined;
  readonly frames?: number | undefined;
};

/** @throws {UsageError} for options that do not fit each other, the data or the domain's settings. */
async function trainRequest(
  description: TrainingDescription,
  given: GivenTraining,
  typed: readonly string[],
): Promise<TrainRequest> {
  const { source, steps, epochs, frames, minutes, checkpointEvery, from, resume, seed, workers, strict } = given;
  const { domain, environments } = description;
  if ([steps, epochs, frames, minutes].every((limit) => limit === undefined)) {
    const amount = environments === undefined ? '--epochs' : '--frames';
    throw new UsageError(`expected --steps, ${amount} or --minutes, received none of them.`);
  }
  const { preset, overrides } = await settingsGiven(description, given);
  return {
    data: source,
    preset,
    overrides,
    steps,
    epochs,
    frames,
    minutes,
    checkpointEverySteps: checkpointEvery,
    seed,
    workers,
    engine: engineRequestOf(given),
    out: await outOf(domain, { out: given.out, preset, resume }),
    from,
    resume,
    strict,
    command: shellCommand(['cpc', ...typed]),
  };
}

/** Preset and overrides: those typed, over those of the run to start from. All are checked together. */
async function settingsGiven(
  description: TrainingDescription,
  { preset: named, config, set, from, resume, out }: GivenTraining,
): Promise<Pick<TrainRequest, 'preset' | 'overrides'>> {
  const { presets, settings } = description;
  const resumed = resume ? out : undefined;
  const start = from === undefined ? undefined : await settingsOfRun(resumed ?? from, description);
  const preset = named ?? start?.preset ?? defaultPreset(presets);
  const typed = await readOverrides(config, set);
  const overrides = { ...(start?.preset === preset ? start.overrides : {}), ...typed };
  requireSettings(() => settings(preset, overrides));
  return { preset, overrides };
}

/** What a run was trained with: its preset, and what differs from that as it is now. */
async function settingsOfRun(run: string, { domain, presets, settings: resolve }: TrainingDescription) {
  existingPath('--from', run);
  const { readRunRecord } = await import('../run-folder/run-folder.js');
  const record = await readRunRecord(run);
  if (record.domain !== domain)
    throw new UsageError(`--from ${run}: expected a run of ${domain}, received one of ${record.domain}.`);
  const { preset, settings } = record;
  const now = preset !== undefined && presets.includes(preset) ? resolve(preset, {}) : {};
  const isAsNow = (name: string, value: unknown) => JSON.stringify(now[name]?.value) === JSON.stringify(value);
  const differing = Object.entries(settings).flatMap(([name, { value, source }]) => {
    if (source !== 'preset') return [[name, { value, source }] as const];
    return isAsNow(name, value) ? [] : [[name, { value, source: 'config' }] as const]; // the preset was another one then
  });
  return { preset, overrides: Object.fromEntries(differing) };
}

/** A wrong setting was typed by the person, in a file or behind `--set`. */
export function requireSettings(check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw error instanceof Error ? new UsageError(error.message) : error;
  }
}

/** Whether its run failed before the first update: then another one may take its place. */
async function isWithoutWork(folder: string): Promise<boolean> {
  const { isRunWithoutWork } = await import('../run-folder/run-folder.js');
  return isRunWithoutWork(folder);
}

async function outOf(
  domain: string,
  { out, preset, resume }: Pick<TrainRequest, 'preset' | 'resume'> & { readonly out: string | undefined },
): Promise<string> {
  const holdsRun = out !== undefined && existsSync(join(out, 'run.json'));
  if (resume) {
    if (out === undefined) throw new UsageError('--resume needs --out DIR, the folder of the run to go on with.');
    if (!holdsRun) throw new UsageError(`--resume: ${out} holds no run to go on with.`);
  } else if (holdsRun && !(await isWithoutWork(out))) {
    throw new UsageError(`--out ${out}: holds a run already. Add --resume to go on with it, or name another folder.`);
  }
  if (out !== undefined) folderPath('--out', out);
  return out ?? join('runs', `${domain}-${preset}-${timestamp(new Date())}`);
}

/** Local time as `2026-01-31-235959`. */
export function timestamp(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date}-${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
}

/** The preset that is taken when none is named. */
export function defaultPreset(presets: readonly string[]): string {
  const [first] = atLeastOne(presets, 'presets');
  return presets.includes('small') ? 'small' : first;
}

function settingsText({ presets, settings }: TrainingDescription): string {
  const preset = defaultPreset(presets);
  const rows = Object.entries(settings(preset, {})).map(([name, { value }]) => [`  ${name}`, JSON.stringify(value)]);
  return `\nSettings (--set key=value), as in the preset ${preset}:\n${table(rows)}`;
}
