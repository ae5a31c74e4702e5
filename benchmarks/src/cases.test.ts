/** The cases of all packages, read from their sources. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BenchmarkCase } from '@cpc/testing';
import { describe, expect, it } from 'vitest';
import { worstGradient } from './agreement.js';
import type { CasesModule } from './collect.js';
import { repositoryRoot } from './places.js';
import { runCase } from './run-case.js';
import { caseTools } from './tools.js';

const packages = join(repositoryRoot, 'packages');
const sources = readdirSync(packages)
  .map((name) => join(packages, name, 'benchmarks/index.ts'))
  .filter(existsSync);
const modules = await Promise.all(
  sources.map((source): Promise<CasesModule> => import(/* @vite-ignore */ pathToFileURL(source).href)),
);
const cases = modules.flatMap((module) => module.cases);
const unmeasured = {
  preset: 'small',
  threads: 2,
  pairs: 1,
  warmUpSteps: 1,
  settleMilliseconds: 0,
  report: () => undefined,
};

function caseNamed(name: string): BenchmarkCase {
  const subject = cases.find((candidate) => candidate.name === name);
  if (subject === undefined) throw new Error(`there is no case ${name}`);
  return subject;
}

it('have 1 name each, made for the command line', () => {
  const names = cases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

describe.each(cases.filter(({ timed }) => !timed))('$name', (subject) => {
  it('agrees between 2 engines on loss and every gradient within 1e-4', async () => {
    const { ours, peer, agreement } = await runCase(subject, unmeasured, caseTools({ threads: unmeasured.threads }));
    if (agreement === undefined) throw new Error('no agreement was measured');
    expect(peer?.name).not.toBe(ours.name); // two engines, not one twice
    expect(agreement.lossDifference).toBeLessThan(1e-4);
    expect(worstGradient(agreement).difference).toBeLessThan(1e-4);
    expect(Object.keys(agreement.gradientDifferences).length).toBeGreaterThan(20);
  });
});

it('fit 4,000 frames as scikit-learn does: to 1e-4 in every gradient, and to 1e-6 nats at the end', async (context) => {
  const fit = caseNamed('logistic-regression');
  const { ours, peer, agreement, skipped } = await runCase(fit, unmeasured, caseTools({ threads: 1 }));
  if (peer === undefined) return context.skip(skipped);
  expect(Object.keys(agreement?.gradientDifferences ?? {})).toEqual(['weights', 'biases']);
  expect(Math.abs((ours.lossNats ?? 0) - (peer.lossNats ?? 1))).toBeLessThan(1e-6);
  expect(ours.iterations).toBeGreaterThan(10);
  expect(peer.iterations).toBeGreaterThan(10);
});

it.for(['text', 'text-encode', 'vision', 'vision-embed'])(
  '%s agrees with PyTorch within 1e-4 on a tiny model',
  { timeout: 60_000 },
  async (name, { skip }) => {
    const subject = caseNamed(name);
    const options = { ...unmeasured, preset: 'tiny', threads: 1, pairs: 3 };
    const { ours, peer, agreement, skipped } = await runCase(subject, options, caseTools({ threads: 1 }));
    if (peer === undefined) return skip(skipped);
    expect(worstGradient(agreement ?? { gradientDifferences: { none: 1 } }).difference).toBeLessThan(1e-4);
    if (ours.lossNats === undefined) return;
    expect(Math.abs(ours.lossNats - (peer.lossNats ?? Number.NaN))).toBeLessThan(1e-5); // after 4 updates
  },
);

it('text-vocabulary computes the same with 200,000 words as with 20,000: loss, gradients, and 2 updates', async () => {
  const subject = caseNamed('text-vocabulary');
  const { ours, peer, agreement } = await runCase(subject, unmeasured, caseTools({ threads: unmeasured.threads }));
  expect(worstGradient(agreement ?? { gradientDifferences: { none: 1 } }).difference).toBeLessThan(1e-6);
  expect(peer?.lossNats).toBeCloseTo(ours.lossNats ?? Number.NaN, 6);
});

it('refuse a preset that the domain does not have, listing the 2 it has', async () => {
  const audio = caseNamed('audio');
  await expect(audio.prepare({ preset: 'huge', threads: 1 })).rejects.toThrow(/one of paper, small, received huge/);
});
