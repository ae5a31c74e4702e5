/** `cpc doctor`: what works on this machine, why the rest does not, and what to do. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import type { EngineInspection, EngineReport } from '@cpc/core/node';
import { duration, flag, type GivenOf, short, table } from '@cpc/runs/commands';
import { type DomainSearch, searchDomain } from '../domains/find-domain.js';
import { installCommand, knownDomains, packageOf } from '../domains/known-domains.js';
import { exitCodes } from '../errors.js';
import { generalOptions } from '../options/general-options.js';
import { createProgress } from '../terminal/progress.js';
import type { Context } from './context.js';
import { ownVersion, versionOf } from './installed-packages.js';

export const doctorOptions = {
  measure: flag('also measure speed, a few seconds for each engine that works'),
  ...generalOptions,
};

export type DoctorOptions = GivenOf<typeof doctorOptions>;

interface Report extends EngineInspection {
  readonly works: boolean;
  readonly node: string;
  readonly machine: { cpuModel: string; cores: number; memoryBytes: number; platform: string };
  /** `null` if not installed. */
  readonly versions: Readonly<Record<string, string | null>>;
  readonly domains: readonly {
    readonly name: string;
    readonly installed: boolean;
    readonly problem?: string | undefined;
  }[];
}

export async function runDoctor(options: DoctorOptions, { output }: Context): Promise<number> {
  const report = await inspect(options);
  if (options.json) output.json(report);
  else output.result(reportText(report));
  return report.works ? exitCodes.done : exitCodes.failed;
}

async function inspect({ measure }: DoctorOptions): Promise<Report> {
  const { inspectEngines } = await import('@cpc/core/node');
  const progress = createProgress();
  const inspection = await inspectEngines({
    measure,
    onTry: (engine, provider) => progress.say(`Trying ${engine} on ${provider} ...`),
  });
  const names = ['@cpc/cli', '@cpc/core', '@cpc/records', '@tensorflow/tfjs', ...knownDomains.map(packageOf)];
  return {
    works: inspection.engines.some(({ works }) => works),
    node: process.versions.node,
    machine: {
      cpuModel: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      platform: `${process.platform}-${process.arch}`,
    },
    versions: Object.fromEntries(
      names.map((name) => [name, (name === '@cpc/cli' ? ownVersion() : versionOf(name)) ?? null]),
    ),
    domains: knownDomains.map((name) => domainReport(searchDomain(name))),
    ...inspection,
  };
}

function domainReport({ name, found, problem }: DomainSearch): Report['domains'][number] {
  return { name, installed: found !== undefined, problem: problem === undefined ? undefined : problem.message };
}

function reportText({ node, machine, versions, domains, engines, packages, automatic, works }: Report): string {
  const { cpuModel, cores, memoryBytes, platform } = machine;
  const sections = [
    table([
      ['node', node],
      ['machine', `${cpuModel}, ${cores} cores, ${short(memoryBytes / 2 ** 30)} GiB, ${platform}`],
    ]),
    table([
      ...Object.entries(versions).map(([name, version]) => [name, version ?? 'not installed']),
      ...packages.map(({ name, version, loads, reason }) => [
        name,
        version ?? 'not installed',
        loads ? 'loads' : version === undefined ? '' : `does not load: ${reason ?? 'unknown reason'}`,
      ]),
    ]),
    ...(engines.some(({ works }) => works) ? [table(engines.filter(({ works }) => works).flatMap(engineRows))] : []),
    ...engines.flatMap(brokenLines),
    domainLine(domains),
    works
      ? automatic === undefined
        ? 'Only --engine cpu works here: right for checks, far too slow to train with.'
        : `--engine auto takes ${automatic.engine} on ${automatic.provider}.`
      : 'No engine works here.',
  ];
  return sections.join('\n\n');
}

function engineRows(report: EngineReport): string[][] {
  if (!report.works) return [];
  const { engine, provider, note, startMilliseconds, measured } = report;
  const row = [`engine ${engine}`, provider, 'works', note, `started in ${duration(startMilliseconds / 1000)}`];
  if (measured === undefined) return [row];
  const { matrixGigaflops, matrixSize, convolutionStepMilliseconds } = measured;
  const product = `${short(matrixGigaflops)} GFLOP/s (product of size ${matrixSize})`;
  return [
    row,
    ['', '', '', product],
    ['', '', '', `${short(convolutionStepMilliseconds)} ms (convolution training step)`],
  ];
}

function brokenLines(report: EngineReport): string[] {
  if (report.works) return [];
  return [`engine ${report.engine} on ${report.provider} does not work: ${report.reason}\n  ${report.fix}`];
}

function domainLine(domains: Report['domains']): string {
  const lines = domains.map(({ name, installed, problem }) => [
    `domain ${name}`,
    problem ??
      (installed ? 'installed' : `not installed: ${installCommand(packageOf(name as (typeof knownDomains)[number]))}`),
  ]);
  return table(lines);
}
