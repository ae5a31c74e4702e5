/** Runs a training command of any domain: progress, summary, and what to type next. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentAverages } from '@cpc/records';
import {
  duration,
  percent,
  shellCommand,
  short,
  type TrainingCommand,
  type TrainingFolder,
  table,
} from '@cpc/runs/commands';
import type { LoadedCommands } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import type { General } from '../options/general-options.js';
import type { Context } from './context.js';
import { train, withProgress } from './domain-work.js';
import { namingResume } from './naming-resume.js';
import { nextCommands } from './next-commands.js';
import type { TrainingSummary } from './training-summary.js';

export async function runTraining(
  domain: LoadedCommands,
  command: TrainingCommand,
  request: TrainingFolder,
  { output, typed, json }: Context & Pick<General, 'json'>,
): Promise<number> {
  const { out } = request;
  output.words(`Run folder: ${out}`);
  const again = () => (existsSync(join(out, 'run.json')) ? resumeCommand(typed, out) : undefined);
  const summary = await withProgress((work) =>
    namingResume(again, () => train({ domain, command: command.name, request }, work)),
  );
  const { warnings, ...figures } = summary;
  if (json) output.json({ run: out, ...figures, files: await filesOf(out), warnings });
  else if (again() !== undefined) output.summary(trainingTable(out, summary));
  if (summary.status === 'interrupted') {
    output.words(`Interrupted. To go on:\n  ${again() ?? shellCommand(['cpc', ...typed])}`);
    return exitCodes.interrupted;
  }
  if (!json) output.words(['Next:', ...nextCommands(domain.commands, request).map((line) => `  ${line}`)].join('\n'));
  return exitCodes.done;
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
