/** Options of reproductions that train on speech. */
import { resolveSpeechSettings } from '@cpc/audio';
import { speechTasks } from '@cpc/audio/node';
import { UsageError } from '@cpc/base';
import {
  atLeastOne,
  builtInData,
  choice,
  dataOf,
  dataOptions,
  engineOptions,
  engineRequestOf,
  existingPath,
  folderPath,
  type GivenOf,
  optional,
  path,
  readOverrides,
  requireSettings,
  seedOptions,
  settingsOptions,
  shellCommand,
  strictOptions,
  wholeNumber,
  withDefault,
} from '@cpc/runs/commands';
import type { SpeechRunsRequest } from './speech-runs.js';

/** What a scale stands for. `paper`: section 3.1 trains for 300,000 updates. */
const scales = {
  small: { preset: 'small', steps: 200, seeds: 1 },
  paper: { preset: 'paper', steps: 300_000, seeds: 3 },
} as const;

const scaleNames = ['small', 'paper'] as const;

export const scaleOptions = {
  scale: withDefault(choice(scaleNames), 'small', {
    placeholder: '<name>',
    help: 'small: minutes, to see it work; paper: the paper’s settings',
    choices: scaleNames,
  }),
};

/** @param out - default folder of the runs. */
export function speechRunsOptions(out: string) {
  return {
    ...dataOptions,
    ...scaleOptions,
    ...settingsOptions(' in all runs'),
    steps: optional(wholeNumber(1), { placeholder: '<n>', help: 'updates of every run (default: by --scale)' }),
    seeds: optional(wholeNumber(1), { placeholder: '<n>', help: 'runs of every row (default: by --scale)' }),
    ...seedOptions('the first run; seeds that follow, the others'),
    out: withDefault(path, out, {
      placeholder: '<dir>',
      help: 'folder of all runs; called again, finished runs are kept',
    }),
    ...strictOptions,
    ...engineOptions,
  };
}

/** @throws {UsageError} for settings that do not fit together, or a folder that cannot be written to. */
export async function speechRunsRequest(
  given: GivenOf<ReturnType<typeof speechRunsOptions>>,
  typed: readonly string[],
): Promise<SpeechRunsRequest> {
  const { preset, ...scale } = scales[given.scale];
  const overrides = await readOverrides(given.config, given.set);
  requireSettings(() => resolveSpeechSettings(preset, overrides));
  folderPath('--out', given.out);
  const seeds = given.seeds ?? scale.seeds;
  return {
    data: given.data === undefined ? builtInData : dataOf(given),
    preset,
    overrides,
    steps: given.steps ?? scale.steps,
    seeds: Array.from({ length: seeds }, (_, index) => given.seed + index),
    engine: engineRequestOf(given),
    out: given.out,
    strict: given.strict,
    command: shellCommand(['npm', 'run', 'reproduce', '--', ...typed]),
  };
}

const tasks = atLeastOne(speechTasks, 'speech tasks');

export const probingOptions = {
  probeData: optional(path, {
    placeholder: '<path>',
    help: 'labelled data to probe with (default: those to train on)',
  }),
  task: withDefault(choice(tasks), tasks[0], {
    placeholder: '<name>',
    help: 'what to read off the features',
    choices: tasks,
  }),
  folds: optional(path, {
    placeholder: '<file>',
    help: 'JSON file that says what each fold holds out',
    check: existingPath,
  }),
};

/** @throws {UsageError} if the data do not exist. */
export function probeDataOf(probeData: string | undefined, data: string): string {
  if (probeData === undefined) return data;
  if (probeData === builtInData) return builtInData;
  existingPath('--probe-data', probeData);
  return probeData;
}

/** @throws {UsageError} for a name that no row has. */
export function requireRows(rows: readonly string[] | undefined): void {
  if (rows?.length === 0) throw new UsageError('--rows: expected at least 1 row, received none.');
}
