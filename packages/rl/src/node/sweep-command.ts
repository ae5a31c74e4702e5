/** `cpc rl sweep`: a random search over settings, as the paper makes it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  atLeastOne,
  choice,
  defaultPreset,
  defineTask,
  type EnvironmentNames,
  engineOptions,
  engineRequestOf,
  environmentOptions,
  flag,
  folderPath,
  path,
  positiveNumber,
  readOverrides,
  required,
  requireSettings,
  seedOptions,
  settingsOptions,
  shellCommand,
  type TaskCommand,
  wholeNumber,
  withDefault,
} from '@cpc/runs/commands';
import { rlPresets } from '../presets.js';
import { resolveRlSettings } from '../settings.js';
import { type SweepRequest, sweepRl } from './sweep.js';

const presets = atLeastOne(Object.keys(rlPresets), 'presets');

export function sweepCommand(environments: EnvironmentNames): TaskCommand {
  return defineTask({
    name: 'sweep',
    summary: 'search entropy cost, learning rate and RMSProp epsilon at random, as section 3.4 does',
    options: { ...environmentOptions(environments), ...sweepOptions },
    examples: [`--env ${environments.names[0]} --frames 1e6 --halving --out runs/sweep`],
    prepare: async (given, { typed }): Promise<SweepRequest> => {
      const { env, preset, config, set, draws, frames, halving, workers, seed, out } = given;
      const overrides = await readOverrides(config, set);
      requireSettings(() => resolveRlSettings(preset, overrides));
      folderPath('--out', out);
      const asked = { data: env, preset, overrides, draws, frames, halving, workers, seed, out };
      return { ...asked, engine: engineRequestOf(given), command: shellCommand(['cpc', ...typed]) };
    },
    run: sweepRl,
    folder: ({ out, command }) => ({ path: out, again: command }),
    isComplete: ({ files }) => files.length > 0, // a stop may be asked for after the last run
    report: async ({ status, files, warnings }, { out }) => {
      const tableFile = files.find(({ path: name }) => name.endsWith('.md'));
      const text = tableFile === undefined ? undefined : (await readFile(tableFile.path, 'utf8')).trimEnd();
      return { json: { out, status, files, warnings }, text };
    },
  });
}

const sweepOptions = {
  preset: withDefault(choice(presets), defaultPreset(presets), {
    placeholder: '<name>',
    help: 'named settings that all runs start from',
    choices: presets,
  }),
  ...settingsOptions(' in all runs'),
  draws: withDefault(wholeNumber(1), 24, { placeholder: '<n>', help: 'how many settings are tried' }),
  frames: required(positiveNumber, { placeholder: '<n>', help: 'frames of a whole run' }),
  halving: flag('successive halving: only the better half goes on, each time for twice as many frames'),
  workers: withDefault(wholeNumber(0, 64), 1, { placeholder: '<n>', help: 'threads that the environments run in' }),
  ...seedOptions('what is drawn, and all runs'),
  out: withDefault(path, join('runs', 'rl-sweep'), {
    placeholder: '<dir>',
    help: 'folder of all runs; called again, finished runs are kept',
  }),
  ...engineOptions,
};
