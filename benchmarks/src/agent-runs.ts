/**
 * Runs of agents that differ in one thing, the contrastive task, as one record and its tables: returns after training, and on the way.
 */
import { meanAndDeviation } from '@cpc/core';
import { averageSteps, evaluationResultSchema, parseMetrics, parseRunRecord } from '@cpc/records';
import { z } from 'zod';
import type { Rows } from './table.js';

const pointSchema = z.object({
  /** Frames so far. */
  frames: z.number(),
  /** Mean over the episodes that ended since the point before. */
  episodeReturn: z.number().optional(),
  entropyNats: z.number(),
  explainedVariance: z.number().optional(),
  /** Of picking the positive one step ahead; where the contrastive task is on. */
  accuracy: z.number().optional(),
});

const runSchema = z.object({
  environment: z.string(),
  contrastive: z.boolean(),
  seed: z.int(),
  updates: z.int(),
  frames: z.int(),
  command: z.string(),
  curve: z.array(pointSchema).min(1),
  evaluations: z.array(evaluationResultSchema).min(1),
});

const recordSchema = z.object({ schema: z.literal(1), runs: z.array(runSchema).min(1) });

export type AgentRun = z.infer<typeof runSchema>;
export type AgentRuns = z.infer<typeof recordSchema>;

/** Points of a curve: few enough to read as a table. */
const points = 10;

export function parseAgentRuns(text: string): AgentRuns {
  return recordSchema.parse(JSON.parse(text));
}

/**
 * @param record - `run.json`, of a run that has been evaluated.
 * @param metrics - its `metrics.jsonl`.
 * @throws {ZodError} if it was not evaluated, or is no run of an agent.
 */
export function agentRunOf(record: string, metrics: string): AgentRun {
  const run = parseRunRecord(record, 'run.json');
  const steps = parseMetrics(metrics, 'metrics.jsonl');
  const perPoint = Math.ceil(steps.length / points);
  const curve = Array.from({ length: Math.ceil(steps.length / perPoint) }, (_, index) => {
    const part = steps.slice(index * perPoint, (index + 1) * perPoint);
    const means = averageSteps(part);
    return { frames: part.at(-1)?.agent?.frames, ...means?.agent, accuracy: means?.accuracy[0] };
  });
  return runSchema.parse({
    environment: run.evaluations?.[0]?.environment,
    contrastive: run.settings.contrastive?.value,
    seed: run.seed,
    updates: run.totals.steps,
    frames: steps.at(-1)?.agent?.frames,
    command: run.command,
    curve,
    evaluations: run.evaluations,
  });
}

/** The record with more runs in it; one of an environment, side and seed that it has takes that one's place. */
export function withRuns(record: AgentRuns, added: readonly AgentRun[]): AgentRuns {
  const places = new Map([...record.runs, ...added].map((run) => [placeOf(run), run]));
  const ordered = [...places].sort(([left], [right]) => (left < right ? -1 : 1));
  return { ...record, runs: ordered.map(([, run]) => run) };
}

function placeOf({ environment, contrastive, seed }: AgentRun): string {
  return [environment, sides.indexOf(contrastive), String(seed).padStart(16, '0')].join(' ');
}

const sides = [true, false];
const nameOf = (contrastive: boolean) => (contrastive ? 'with the contrastive task' : 'without');

/** Return over whole episodes after training: a row per environment and side, then the best of what learnt nothing. */
export function returnRows({ runs }: AgentRuns): Rows {
  return [
    ['environment', 'agent', 'mean of seeds', 'seeds, ± standard error over episodes'],
    ...environmentsOf(runs).flatMap((environment) => {
      const own = runs.filter((run) => run.environment === environment);
      const trained = sides.flatMap((contrastive) => {
        const ofSide = own.filter((run) => run.contrastive === contrastive);
        const results = ofSide.flatMap(({ evaluations }) => evaluations.filter(({ policy }) => policy === 'trained'));
        if (results.length === 0) return [];
        const mean = meanText(results.map(({ meanReturn }) => meanReturn));
        return [[environment, nameOf(contrastive), mean, results.map(returnText).join(', ')]];
      });
      return [...trained, ...untrainedRows(environment, own)];
    }),
  ];
}

/** Return on the way: a row per number of frames, mean and deviation over seeds on either side. */
export function curveRows({ runs }: AgentRuns, environment: string): Rows {
  const own = runs.filter((run) => run.environment === environment);
  const longest = own.reduce((most, { curve }) => (curve.length > most.length ? curve : most), own[0]?.curve ?? []);
  const means = (contrastive: boolean, index: number, read: (point: AgentRun['curve'][number]) => number | undefined) =>
    meanText(
      own.filter((run) => run.contrastive === contrastive).flatMap(({ curve }) => read(curve[index] ?? noPoint) ?? []),
    );
  return [
    [
      'frames, millions',
      ...sides.map((side) => `return ${nameOf(side)}`),
      ...sides.map((side) => `explained ${nameOf(side)}`),
      'accuracy',
    ],
    ...longest.map(({ frames }, index) => [
      (frames / 1e6).toFixed(1),
      ...sides.map((side) => means(side, index, ({ episodeReturn }) => episodeReturn)),
      ...sides.map((side) => means(side, index, ({ explainedVariance }) => explainedVariance)),
      means(true, index, ({ accuracy }) => (accuracy === undefined ? undefined : 100 * accuracy)),
    ]),
  ];
}

const noPoint: AgentRun['curve'][number] = { frames: 0, entropyNats: 0 };

/** All tables: the returns, then a curve for every environment. */
export function agentTables(record: AgentRuns): Rows[] {
  return [returnRows(record), ...environmentsOf(record.runs).map((environment) => curveRows(record, environment))];
}

function environmentsOf(runs: readonly AgentRun[]): string[] {
  return [...new Set(runs.map(({ environment }) => environment))];
}

/** The random policy and the best single action, each where it was played. */
function untrainedRows(environment: string, runs: readonly AgentRun[]): string[][] {
  const results = runs.flatMap(({ evaluations }) => evaluations);
  const random = results.filter(({ policy }) => policy === 'random').slice(0, 1);
  const best = results
    .filter(({ policy }) => policy !== 'random' && policy !== 'trained')
    .sort((left, right) => right.meanReturn - left.meanReturn)
    .slice(0, 1);
  return [...random, ...best].map((result) => [environment, result.policy, '', returnText(result)]);
}

function returnText({ meanReturn, standardError }: AgentRun['evaluations'][number]): string {
  return `${meanReturn.toFixed(2)} ± ${standardError.toFixed(2)}`;
}

/** Mean, and deviation where there are several; nothing of nothing. */
function meanText(values: readonly number[]): string {
  if (values.length === 0) return '';
  const { mean, deviation } = meanAndDeviation(values);
  return deviation === undefined ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`;
}
