/** `cpc demo`: every installed domain trains a little on built-in data and is measured beside its random baseline. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@cpc/base';
import {
  type Comparison,
  commandNamed,
  duration,
  engineOptions,
  engineRequestOf,
  flag,
  folderPath,
  type GivenOf,
  optional,
  path,
  shellCommand,
  table,
  timestamp,
} from '@cpc/runs/commands';
import { searchDomain } from '../domains/find-domain.js';
import { installCommand, knownDomains, packageOf } from '../domains/known-domains.js';
import { type LoadedDomain, loadDomain } from '../domains/load-domain.js';
import { exitCodes, WorkError } from '../errors.js';
import { generalOptions } from '../options/general-options.js';
import type { Context } from './context.js';
import { runTask, train, type WorkOptions, withProgress } from './domain-work.js';
import { filesOf } from './run-training.js';

export const demoOptions = {
  quick: flag('shorter training'),
  out: optional(path, { placeholder: '<dir>', help: 'where the runs go (default: runs/demo-<date-time>)' }),
  ...engineOptions,
  ...generalOptions,
};

export type DemoOptions = GivenOf<typeof demoOptions>;

/** What one domain's demo came to. */
interface DomainDemo {
  readonly domain: string;
  readonly comparison: Comparison;
  readonly run: string;
  readonly steps: number;
  /** Time spent training. */
  readonly trainedSeconds: number;
  /** Training, measuring and starting up. */
  readonly seconds: number;
  readonly files: readonly string[];
}

const demoSeed = 1;

export async function runDemo(options: DemoOptions, { output, typed }: Context): Promise<number> {
  const out = options.out ?? join('runs', `demo-${timestamp(new Date())}`);
  if (existsSync(out)) throw new UsageError(`--out ${out}: exists already; name a new folder.`);
  folderPath('--out', out);
  const domains = await installedDomains(output.words);
  const demos: DomainDemo[] = [];
  const stopped = await withProgress(async (work) => {
    for (const domain of domains) {
      const demo = await demoOf(domain, { ...options, out }, { ...work, command: shellCommand(['cpc', ...typed]) });
      if (demo === undefined) return true;
      demos.push(demo);
    }
    return work.signal.aborted;
  });
  const better = !stopped && demos.every(({ comparison }) => comparison.isBetter);
  const status = stopped ? 'interrupted' : 'completed';
  if (options.json) output.json({ out, status, quick: options.quick, better, domains: demos.map(jsonOf) });
  else if (demos.length > 0) output.result(demoText(demos));
  if (stopped) return exitCodes.interrupted;
  return better ? exitCodes.done : exitCodes.failed;
}

/** One that is half installed is named and left out. */
async function installedDomains(say: (line: string) => void): Promise<LoadedDomain[]> {
  const searches = knownDomains.map((name) => searchDomain(name));
  for (const { problem } of searches) if (problem !== undefined) say(`warning: ${problem.message}`);
  const found = searches.flatMap((search) => search.found ?? []);
  if (found.length > 0) return Promise.all(found.map(loadDomain));
  throw new UsageError(
    `demo needs a domain, and none is installed.\nRun: ${installCommand(packageOf(knownDomains[0]))}`,
  );
}

/** @returns undefined if it was interrupted. */
async function demoOf(
  domain: LoadedDomain,
  options: DemoOptions & { readonly out: string },
  work: WorkOptions & { readonly command: string },
): Promise<DomainDemo | undefined> {
  const begun = performance.now();
  const { demo, summary: subject } = domain.commands;
  const { training, comparison } = demo;
  const run = join(options.out, domain.name);
  const common = { engine: engineRequestOf(options), seed: demoSeed, strict: false };
  work.progress.say(`${domain.name}: ${subject}`);
  const steps = options.quick ? training.quickSteps : training.steps;
  const request = { ...training.request, ...common, steps, out: run, resume: false, command: work.command };
  const summary = await train({ domain, command: training.command, request }, work);
  if (work.signal.aborted) return undefined;
  const compared = await compare(domain, { ...comparison.request, ...common, run }, work);
  if (work.signal.aborted) return undefined;
  return {
    comparison: compared,
    domain: domain.name,
    run,
    steps: summary.steps,
    trainedSeconds: summary.trainedSeconds,
    seconds: (performance.now() - begun) / 1000,
    files: await filesOf(run),
  };
}

/** Runs the task that tells a trained model from a random one. */
async function compare(domain: LoadedDomain, request: object, work: WorkOptions): Promise<Comparison> {
  const { command: name } = domain.commands.demo.comparison;
  const command = commandNamed(domain.commands, name);
  const outcome = await runTask({ domain, command: name, request }, work);
  try {
    if (command.kind === 'task' && command.compare !== undefined) return command.compare(outcome);
  } catch (error) {
    throw new WorkError(`demo: ${domain.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new WorkError(`demo: "${domain.name}" cannot compare what its command ${name} gave.`);
}

function jsonOf({ comparison: { trained, random, isBetter: better }, ...others }: DomainDemo): object {
  return { trained, random, better, ...others };
}

function demoText(demos: readonly DomainDemo[]): string {
  const rows = demos.map(({ domain, comparison: { task, figures, isBetter }, steps, trainedSeconds }) => [
    domain,
    task,
    figures.trained,
    figures.random,
    isBetter ? 'yes' : 'no',
    `${steps} in ${duration(trainedSeconds)}`,
  ]);
  const total = demos.reduce((sum, { seconds }) => sum + seconds, 0);
  const head = ['domain', 'task', 'trained', 'random', 'better', 'steps'];
  return [
    table([head, ...rows], [2, 3]),
    '',
    ...demos.map(({ domain, comparison: { verdict } }) => `${domain}: ${verdict}`),
    `${duration(total)} in all, with starting up and probing.`,
    '',
    'Files:',
    ...demos.flatMap(({ files }) => files.map((file) => `  ${file}`)),
  ].join('\n');
}
