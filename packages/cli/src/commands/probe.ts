/** `cpc <domain> probe`. */

import type { ProbeResult } from '@cpc/records';
import type { DomainCommands, ProbeRequest } from '@cpc/runs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProbedDomain } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import { addDataOptions, type DataOptions, dataOf } from '../options/data-option.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { existingPath } from '../options/existing-path.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { addRunOption, type RunOption, runOf } from '../options/run-option.js';
import { namesOutOf, path, positiveNumber, seed, shares } from '../options/values.js';
import { addWordVectorsOption, type WordVectorsOption, wordVectorsOf } from '../options/word-vectors-option.js';
import { percent, table } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';

export interface ProbeOptions extends RunOption, DataOptions, EngineOptions, GeneralOptions, WordVectorsOption {
  /** The domain's first, or the one that its built-in data have, if left out. */
  readonly task?: string;
  readonly representation?: readonly Representation[];
  readonly classifier?: string;
  readonly pooled?: true;
  readonly folds?: string;
  readonly labels?: readonly number[];
  readonly stepShare?: number;
  readonly baselines: readonly string[];
  readonly seed: number;
  readonly strict?: true;
}

const representations = ['latent', 'context'] as const;
type Representation = (typeof representations)[number];

/** The least a figure needs beside it. */
const leastBaseline = 'random';

export function addProbeOptions(command: Command, { commands }: ProbedDomain): Command {
  const baselines = commands.baselines.filter((name) => name === leastBaseline);
  const task = new Option('--task <name>', taskText(commands)).choices(commands.probeTasks);
  addDataOptions(addRunOption(command))
    .addOption(commands.probeTasks.length === 0 ? task.makeOptionMandatory() : task)
    .addOption(
      new Option('--representation <a,b>', 'latent, context, or both (default: the domain’s choice)').argParser(
        representationsOf,
      ),
    )
    .addOption(
      new Option('--baselines <a,b>', `what to compare with: none, or out of ${commands.baselines.join(', ')}`)
        .argParser(namesOutOf(commands.baselines))
        .default(baselines, baselines.join(',') || 'none'),
    )
    .addOption(new Option('--seed <n>', 'decides folds and intervals').argParser(seed).default(1))
    .addOption(new Option('--strict', 'stop at the first file that cannot be used, instead of skipping it'));
  addDomainsOwnOptions(command, commands);
  addWordVectorsOption(command, commands);
  return addGeneralOptions(addEngineOptions(command));
}

function taskText({ probeTasks = [], demo }: DomainCommands): string {
  const [first] = probeTasks;
  const builtIn = demo.probe?.task ?? first;
  const others = builtIn === first ? '' : `; with --builtin: ${builtIn}`;
  return `what to read off the features${first === undefined ? '' : ` (default: ${first}${others})`}`;
}

/** The task that was named; else the one that the built-in data have, or the domain's first. */
function taskOf({ task, builtin }: ProbeOptions, { probeTasks = [], demo }: DomainCommands): string {
  return task ?? (builtin === true ? demo.probe?.task : undefined) ?? probeTasks[0] ?? '';
}

/** Options that some domains heed. */
function addDomainsOwnOptions(command: Command, { classifiers = [], probeOptions = [] }: DomainCommands): void {
  const [first] = classifiers;
  if (first !== undefined) {
    const classifier = new Option('--classifier <name>', 'what to fit to the features');
    command.addOption(classifier.choices(classifiers).default(first));
  }
  if (probeOptions.includes('pooled'))
    command.addOption(new Option('--pooled', 'one example per input, the mean of its features, not one per position'));
  if (probeOptions.includes('folds'))
    command.addOption(new Option('--folds <file>', 'JSON file that says what each fold holds out').argParser(path));
  if (probeOptions.includes('labelShares'))
    command.addOption(
      new Option('--labels <a,b>', 'shares of the training labels to use, such as 0.01,0.1,1').argParser(shares),
    );
  if (probeOptions.includes('stepShare'))
    command.addOption(
      new Option('--step-share <x>', 'how much of the paper’s training a probe that is trained takes').argParser(
        positiveNumber,
      ),
    );
}

/** Reads `latent`, `context`, both with a comma between, or `both`. */
function representationsOf(text: string): Representation[] {
  if (text === 'both') return [...representations];
  const names = text.split(',').map((name) => name.trim());
  const wanted = names.flatMap((name) => representations.filter((known) => known === name));
  if (wanted.length === names.length) return [...new Set(wanted)];
  throw new InvalidArgumentError('Expected latent, context, both, or latent,context.');
}

export function probeRequest(options: ProbeOptions, commands: DomainCommands): ProbeRequest {
  const { representation, classifier, pooled, folds, labels, stepShare } = options;
  return {
    folds: folds === undefined ? undefined : existingPath('--folds', folds),
    run: runOf(options),
    data: dataOf(options),
    task: taskOf(options, commands),
    representations: representation,
    classifier,
    pooled,
    labelShares: labels,
    stepShare,
    ...wordVectorsOf(options),
    baselines: options.baselines,
    seed: options.seed,
    engine: engineRequestOf(options),
    strict: options.strict === true,
  };
}

export async function runProbe(domain: ProbedDomain, options: ProbeOptions, { output }: Context): Promise<number> {
  const request = probeRequest(options, domain.commands);
  const [summary, stopped] = await withProgress(async (work) => {
    const summary = await runTask(domain, 'probe', request, work);
    return [summary, work.signal.aborted] as const;
  });
  const { run, task } = request;
  const { results, warnings } = summary;
  const status = stopped ? 'interrupted' : 'completed';
  if (options.json) output.json({ run, task, status, results, warnings });
  else if (results.length > 0) output.result(probeText(results));
  return stopped ? exitCodes.interrupted : exitCodes.done;
}

/** The figures, and below them what trained features are ahead by, how the data were split, which label a position took, and what the intervals are over. */
function probeText(results: readonly ProbeResult[]): string {
  const all = results.map((result) => ({ ...result, intervals: intervalsText(result) }));
  const notes = (['split', 'alignment', 'intervals'] as const).flatMap((name) =>
    [...new Set(all.map((result) => result[name]))].filter((note) => note !== undefined).map((note) => [name, note]),
  );
  const below = [...leads(results), ...notes];
  return [probeTable(results), ...(below.length === 0 ? [] : ['', table(below)])].join('\n');
}

/** How far the trained features are ahead of each baseline. */
function leads(results: readonly ProbeResult[]): string[][] {
  return results.flatMap(({ baseline, labelShare, trainedLead = [] }) =>
    trainedLead.map(({ representation, difference, confidence: { low, high, level } }) => [
      `${representation} ahead of ${baseline}${labelShare === undefined ? '' : `, ${percent(labelShare)} of labels`}`,
      `${points(difference)} points, ${points(low)} to ${points(high)} (${Math.round(level * 100)} %)`,
    ]),
  );
}

function points(difference: number): string {
  return `${difference < 0 ? '' : '+'}${(100 * difference).toFixed(1)}`;
}

/** A row per origin of the features; where there are several folds, what each came to by itself. */
function probeTable(results: readonly ProbeResult[]): string {
  const columns = ['features', 'task', 'representation', 'classifier', 'accuracy', 'interval', 'classes', 'tested'];
  const further = furtherColumns.filter(({ isTold }) => results.some(isTold));
  const rows = results.map((result) => [...cellsOf(result), ...further.map(({ cell }) => cell(result))]);
  return table([[...columns, ...further.map(({ head }) => head)], ...rows], [4, 6, 7]);
}

/** Columns that stand there where a result has something to tell. */
const furtherColumns: readonly {
  readonly head: string;
  readonly isTold: (result: ProbeResult) => boolean;
  readonly cell: (result: ProbeResult) => string;
}[] = [
  { head: 'by fold', isTold: ({ accuracyPerFold = [] }) => accuracyPerFold.length > 1, cell: foldsText },
  {
    head: 'top 5',
    isTold: ({ accuracyTop5 }) => accuracyTop5 !== undefined,
    cell: ({ accuracyTop5 }) => (accuracyTop5 === undefined ? '' : percent(accuracyTop5)),
  },
  {
    head: 'labels',
    isTold: ({ labelShare }) => labelShare !== undefined,
    cell: ({ labelShare = 1, counts }) => `${counts.train} (${percent(labelShare)})`,
  },
  {
    head: 'words added',
    isTold: ({ addedWords }) => addedWords !== undefined,
    cell: ({ addedWords }) => (addedWords === undefined ? '' : String(addedWords.added)),
  },
];

function cellsOf(result: ProbeResult): string[] {
  const { low, high, level } = result.confidence;
  return [
    result.baseline ?? 'trained',
    result.task,
    result.pooled === true ? `${result.representation}, mean` : result.representation,
    result.classifier ?? 'linear',
    percent(result.accuracy),
    `${percent(low)} to ${percent(high)} (${Math.round(level * 100)} %)`,
    String(result.classes),
    String(result.counts.test),
  ];
}

function foldsText({ accuracyPerFold = [] }: ProbeResult): string {
  return accuracyPerFold.map(percent).join(', ');
}

/** Which unit was drawn anew, and how many there were; undefined in results of older versions. */
function intervalsText({ confidence: { over, clusters } }: ProbeResult): string | undefined {
  if (over === undefined) return undefined;
  return `by bootstrap over ${clusters === undefined ? '' : `${clusters} `}${over}`;
}
