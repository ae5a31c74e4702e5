/** `cpc demo`: every installed domain trains a little on built-in data and is measured beside its random baseline. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluationResult, ProbeResult } from '@cpc/records';
import { type Command, Option } from 'commander';
import { searchDomain } from '../domains/find-domain.js';
import { installCommand, knownDomains, packageOf } from '../domains/known-domains.js';
import { type LoadedDomain, loadDomain } from '../domains/load-domain.js';
import { exitCodes, UsageError, WorkError } from '../errors.js';
import { addEngineOptions, type EngineOptions, engineRequestOf } from '../options/engine-options.js';
import { folderPath } from '../options/existing-path.js';
import { addGeneralOptions, type GeneralOptions } from '../options/general-options.js';
import { path } from '../options/values.js';
import { duration, percent, shellCommand, short, table } from '../terminal/text.js';
import type { Context } from './context.js';
import { runTask, train, type WorkOptions, withProgress } from './domain-work.js';
import { filesOf, timestamp } from './train.js';

export interface DemoOptions extends EngineOptions, GeneralOptions {
  readonly quick?: true;
  readonly out?: string;
}

/** A trained model beside what is random: by a probe, or by the episodes of an agent. */
interface Comparison {
  readonly trained: ProbeResult | EvaluationResult;
  readonly random: ProbeResult | EvaluationResult;
  /** Whether the trained one is ahead. */
  readonly better: boolean;
}

/** What one domain's demo came to. */
interface DomainDemo extends Comparison {
  readonly domain: string;
  readonly run: string;
  readonly steps: number;
  /** Time spent training. */
  readonly trainedSeconds: number;
  /** Training, measuring and starting up. */
  readonly seconds: number;
  readonly files: readonly string[];
}

const demoSeed = 1;
const randomBaseline = 'random';

export function addDemoOptions(command: Command): Command {
  command
    .addOption(new Option('--quick', 'shorter training'))
    .addOption(new Option('--out <dir>', 'where the runs go (default: runs/demo-<date-time>)').argParser(path));
  return addGeneralOptions(addEngineOptions(command));
}

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
  const better = !stopped && demos.every((demo) => demo.better);
  const status = stopped ? 'interrupted' : 'completed';
  if (options.json) output.json({ out, status, quick: options.quick === true, better, domains: demos });
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
  const { demo } = domain.commands;
  const { steps, quickSteps, ...training } = demo.train;
  const engine = engineRequestOf(options);
  const common = { engine, seed: demoSeed, strict: false };
  const run = join(options.out, domain.name);
  const wantedSteps = options.quick === true ? quickSteps : steps;
  work.progress.say(`${domain.name}: ${domain.commands.summary}`);
  const request = { ...training, ...common, steps: wantedSteps, out: run, resume: false, command: work.command };
  const summary = await train(domain, request, work);
  if (work.signal.aborted) return undefined;
  const comparison = await (demo.probe === undefined
    ? evaluated(domain, { ...common, run }, work)
    : probed(domain, { ...demo.probe, ...common, run }, work));
  if (work.signal.aborted) return undefined;
  return {
    ...comparison,
    domain: domain.name,
    run,
    steps: summary.steps,
    trainedSeconds: summary.trainedSeconds,
    seconds: (performance.now() - begun) / 1000,
    files: await filesOf(run),
  };
}

async function probed(domain: LoadedDomain, request: object, work: WorkOptions): Promise<Comparison> {
  const { results } = await runTask(domain, 'probe', request, work);
  const trained = resultOf(results, undefined, domain);
  const random = resultOf(results, randomBaseline, domain);
  return { trained, random, better: trained.accuracy > random.accuracy };
}

/** Ahead is who is so by more than chance would have it: by two standard errors. */
async function evaluated(domain: LoadedDomain, request: object, work: WorkOptions): Promise<Comparison> {
  const { episodes = 50 } = domain.commands.demo;
  const asked = { ...request, episodes, greedy: false, baselines: [randomBaseline], workers: 0 };
  const { evaluations } = await runTask(domain, 'evaluation.run', asked, work);
  const [trained, random] = ['trained', randomBaseline].map((policy) =>
    evaluations.find((result) => result.policy === policy),
  );
  if (trained === undefined || random === undefined)
    throw new WorkError(`demo: the evaluation of "${domain.name}" gave no result for trained and ${randomBaseline}.`);
  const error = Math.hypot(trained.standardError, random.standardError);
  return { trained, random, better: trained.meanReturn - random.meanReturn > 2 * error };
}

function resultOf(results: readonly ProbeResult[], baseline: string | undefined, { name }: LoadedDomain): ProbeResult {
  const result = results.find((candidate) => candidate.baseline === baseline);
  if (result !== undefined) return result;
  throw new WorkError(`demo: the probe of "${name}" gave no result for ${baseline ?? 'the trained model'}.`);
}

function demoText(demos: readonly DomainDemo[]): string {
  const rows = demos.map(({ domain, trained, random, better, steps, trainedSeconds }) => [
    domain,
    'task' in trained ? trained.task : trained.environment,
    figureOf(trained),
    figureOf(random),
    better ? 'yes' : 'no',
    `${steps} in ${duration(trainedSeconds)}`,
  ]);
  const total = demos.reduce((sum, { seconds }) => sum + seconds, 0);
  const head = ['domain', 'task', 'trained', 'random', 'better', 'steps'];
  return [
    table([head, ...rows], [2, 3]),
    '',
    ...demos.map(verdict),
    `${duration(total)} in all, with starting up and probing.`,
    '',
    'Files:',
    ...demos.flatMap(({ files }) => files.map((file) => `  ${file}`)),
  ].join('\n');
}

/** Accuracy of a probe, mean return of an agent. */
function figureOf(result: Comparison['trained']): string {
  return 'accuracy' in result
    ? percent(result.accuracy)
    : `${short(result.meanReturn)} ± ${short(result.standardError)}`;
}

function verdict({ domain, trained, random, better }: DomainDemo): string {
  if ('policy' in trained || 'policy' in random) {
    const returns = `a return of ${figureOf(trained)} against ${figureOf(random)} of the random policy`;
    return better
      ? `${domain}: the trained agent does better than a random one: ${returns}.`
      : `${domain}: training did NOT help: ${returns}.`;
  }
  const figures = `${percent(trained.accuracy)} against ${percent(random.accuracy)} on ${trained.classes} classes`;
  if (!better) return `${domain}: training did NOT help: ${figures}.`;
  const apart = trained.confidence.low > random.confidence.high;
  const certainty = apart ? 'the intervals do not touch' : 'but the intervals overlap';
  return `${domain}: the trained features are better than random ones: ${figures}; ${certainty}.`;
}
