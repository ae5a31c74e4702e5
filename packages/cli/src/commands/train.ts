/** `cpc <domain> train`. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentAverages } from '@cpc/records';
import type { DomainCommands, TrainRequest } from '@cpc/runs';
import { type Command, Option } from 'commander';
import { defaultPreset, type LoadedDomain } from '../domains/load-domain.js';
import { exitCodes, UsageError } from '../errors.js';
import { addSourceOptions, type SourceOptions, sourceOf } from '../options/data-option.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { existingPath, folderPath } from '../options/existing-path.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { readOverrides } from '../options/setting-overrides.js';
import { type Assignment, assignment, path, positiveNumber, seed, wholeNumber } from '../options/values.js';
import { duration, percent, shellCommand, short, table } from '../terminal/text.js';
import type { Context } from './context.js';
import { train, withProgress } from './domain-work.js';
import { namingResume } from './naming-resume.js';
import { nextCommands } from './next-commands.js';
import type { TrainingSummary } from './training-summary.js';

export interface TrainOptions extends SourceOptions, EngineOptions, GeneralOptions {
  readonly preset?: string;
  readonly from?: string;
  readonly config?: string;
  readonly set?: readonly Assignment[];
  readonly steps?: number;
  readonly epochs?: number;
  readonly frames?: number;
  readonly minutes?: number;
  readonly checkpointEvery?: number;
  readonly workers: number;
  readonly seed: number;
  readonly out?: string;
  readonly resume?: true;
  readonly strict?: true;
}

export function addTrainOptions(command: Command, { commands }: LoadedDomain): Command {
  addSourceOptions(command, commands)
    .addOption(
      new Option(
        '--preset <name>',
        `named settings to start from; default: ${defaultPreset(commands)}, or that of --from`,
      ).choices(commands.presets),
    )
    .addOption(
      new Option(
        '--from <run>',
        'begin with the parameters of another run, and with its settings where none are given; moments are fresh',
      ).argParser(path),
    )
    .addOption(new Option('--config <file>', 'JSON file of settings that replace the preset’s').argParser(path))
    .addOption(new Option('--set <key=value>', 'replace one setting; may be repeated').argParser(assignment))
    .addOption(new Option('--steps <n>', 'end after this many updates').argParser(wholeNumber(1)))
    .addOption(amountOption(commands))
    .addOption(new Option('--minutes <n>', 'end after this much time spent training').argParser(positiveNumber))
    .addOption(
      new Option(
        '--checkpoint-every <n>',
        'save after this many updates (default: 500, and every 2 minutes)',
      ).argParser(wholeNumber(1)),
    )
    .addOption(
      new Option(
        '--workers <n>',
        commands.environments === undefined
          ? 'threads that make batches while a step is computed; 0: the training thread makes them'
          : 'threads that the environments run in; 0: the training thread runs them',
      )
        .argParser(wholeNumber(0, 64))
        .default(1),
    )
    .addOption(new Option('--seed <n>', 'decides everything that is random').argParser(seed).default(1))
    .addOption(
      new Option('--out <dir>', `run folder (default: runs/${commands.name}-<preset>-<date-time>)`).argParser(path),
    )
    .addOption(new Option('--resume', 'go on with the run in --out, given the same options as before'))
    .addOption(new Option('--strict', 'stop at the first file that cannot be used, instead of skipping it'));
  return addGeneralOptions(addEngineOptions(command));
}

/** How much there is to learn from: passes over data, or frames of environments. */
function amountOption({ environments }: DomainCommands): Option {
  return environments === undefined
    ? new Option('--epochs <n>', 'end after this many passes over the data').argParser(positiveNumber)
    : new Option('--frames <n>', 'end after this many frames, of all copies of the environment together').argParser(
        positiveNumber,
      );
}

/** @throws {UsageError} for options that do not fit each other, the data or the domain's settings. */
export async function trainRequest(
  { commands }: LoadedDomain,
  options: TrainOptions,
  typed: readonly string[],
): Promise<TrainRequest> {
  const { steps, epochs, frames, minutes, checkpointEvery, from } = options;
  const data = sourceOf(options);
  if ([steps, epochs, frames, minutes].every((limit) => limit === undefined)) {
    const amount = commands.environments === undefined ? '--epochs' : '--frames';
    throw new UsageError(`expected --steps, ${amount} or --minutes, received none of them.`);
  }
  const start =
    from === undefined
      ? undefined
      : await settingsOfRun(options.resume === true && options.out !== undefined ? options.out : from, commands);
  const preset = options.preset ?? start?.preset ?? defaultPreset(commands);
  const typedOverrides = await readOverrides(options.config, options.set ?? []);
  const overrides = { ...(start?.preset === preset ? start.overrides : {}), ...typedOverrides };
  requireSettings(() => commands.settings(preset, overrides));
  return {
    data,
    preset,
    overrides,
    steps,
    epochs,
    frames,
    minutes,
    checkpointEverySteps: checkpointEvery,
    seed: options.seed,
    workers: options.workers,
    engine: engineRequestOf(options),
    out: await outOf(commands.name, { ...options, preset }),
    from,
    resume: options.resume === true,
    strict: options.strict === true,
    command: shellCommand(['cpc', ...typed]),
  };
}

export async function runTrain(domain: LoadedDomain, options: TrainOptions, context: Context): Promise<number> {
  const request = await trainRequest(domain, options, context.typed);
  context.output.words(`Run folder: ${request.out}`);
  const { out } = request;
  const again = () => (existsSync(join(out, 'run.json')) ? resumeCommand(context.typed, out) : undefined);
  const summary = await withProgress((work) => namingResume(again, () => train(domain, request, work)));
  const { warnings, ...figures } = summary;
  const { json, summary: show, words } = context.output;
  if (options.json) json({ run: out, ...figures, files: await filesOf(out), warnings });
  else if (again() !== undefined) show(trainingTable(out, summary));
  if (summary.status === 'interrupted') {
    words(`Interrupted. To go on:\n  ${again() ?? shellCommand(['cpc', ...context.typed])}`);
    return exitCodes.interrupted;
  }
  if (!options.json) words(['Next:', ...nextCommands(domain.commands, request).map((line) => `  ${line}`)].join('\n'));
  return exitCodes.done;
}

/** Whether its run failed before the first update: then another one may take its place. */
async function isWithoutWork(folder: string): Promise<boolean> {
  const { isRunWithoutWork } = await import('@cpc/runs');
  return isRunWithoutWork(folder);
}

/** What a run was trained with: its preset, and what differs from that as it is now. */
async function settingsOfRun(run: string, commands: DomainCommands) {
  existingPath('--from', run);
  const { readRunRecord } = await import('@cpc/runs');
  const record = await readRunRecord(run);
  if (record.domain !== commands.name)
    throw new UsageError(`--from ${run}: expected a run of ${commands.name}, received one of ${record.domain}.`);
  const { preset, settings } = record;
  const now = preset !== undefined && commands.presets.includes(preset) ? commands.settings(preset, {}) : {};
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

async function outOf(
  domain: string,
  { out, preset, resume }: TrainOptions & { readonly preset: string },
): Promise<string> {
  const holdsRun = out !== undefined && existsSync(join(out, 'run.json'));
  if (resume === true) {
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

/** What lies in a run folder, checkpoints as one. */
export async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => join(folder, name));
}

function trainingTable(out: string, { status, steps, trainedSeconds, final, inputWaitShare }: TrainingSummary): string {
  const rows = [
    ['run', out],
    ['status', status],
    ['steps', `${steps} in ${duration(trainedSeconds)}`],
  ];
  if (final === undefined) return table(rows);
  const { averagedSteps, lossNats, examplesPerSecond, accuracy, boundNats, offsets, agent } = final;
  const isPredicting = offsets.length > 0;
  if (agent !== undefined) rows.push(...agentRows(agent, averagedSteps));
  if (isPredicting) rows.push(['loss', `${short(lossNats)} nats (mean of the last ${averagedSteps} steps)`]);
  if (agent === undefined) rows.push(['speed', `${short(examplesPerSecond)} examples/s`]);
  if (inputWaitShare !== undefined && agent === undefined)
    rows.push(['input', `waited for: ${percent(inputWaitShare)} of the time`]);
  if (!isPredicting) return table(rows);
  const perStep = accuracy.map((value, index) => [
    String(offsets[index]),
    percent(value),
    `${short(boundNats[index] ?? 0)} nats`,
  ]);
  return `${table(rows)}\n\n${table([['k', 'accuracy', 'bound'], ...perStep], [0, 1, 2])}`;
}

/** What an agent came to over its last updates. */
function agentRows(agent: AgentAverages, averagedSteps: number): string[][] {
  const { episodes, episodeReturn, episodeSteps, explainedVariance, entropyNats, framesPerSecond } = agent;
  const played =
    episodeReturn === undefined
      ? `no episode ended in the last ${averagedSteps} steps`
      : `${short(episodeReturn)} (mean of ${episodes} episodes of ${short(episodeSteps ?? 0)} agent steps, in the last ${averagedSteps} steps)`;
  return [
    ['return', played],
    ['entropy', `${short(entropyNats)} nats`],
    ...(explainedVariance === undefined ? [] : [['explained variance', short(explainedVariance)]]),
    ['speed', `${short(framesPerSecond)} frames/s`],
  ];
}

/** The command as typed, made to go on with its run. */
export function resumeCommand(typed: readonly string[], out: string): string {
  const hasOut = typed.some((word) => word === '--out' || word.startsWith('--out='));
  const hasResume = typed.includes('--resume');
  return shellCommand(['cpc', ...typed, ...(hasOut ? [] : ['--out', out]), ...(hasResume ? [] : ['--resume'])]);
}
