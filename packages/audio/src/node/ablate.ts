/**
 * `cpc audio ablate`: the rows of the paper's table 2, each trained with several seeds for equally many updates and probed alike.
 *
 * Seed by seed: what is there after an interruption is whole tables of fewer seeds. Finished runs are kept, the one under way goes
 * on from its checkpoint.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CpcError } from '@cpc/core';
import {
  type AblateRequest,
  type Control,
  readRunRecord,
  type SettingOverrides,
  type TaskEvent,
  thisMachine,
} from '@cpc/core/node';
import type { ProbeResult } from '@cpc/records';
import { type AblationRow, runNameOf, table2Rows } from '../ablation/table-2.js';
import { encoderHop } from '../model.js';
import { resolveSpeechSettings } from '../settings.js';
import { type AblationFolder, openAblationFolder } from './ablation-folder.js';
import { probeSpeech } from './probe.js';
import { trainSpeech } from './train.js';

/** Trains and probes what is not yet there; the record and the table are written after every run. */
export async function* ablateSpeech(
  request: AblateRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const shared = sharedOverrides(request);
  const folder = await openAblationFolder(request.out, {
    schema: 1,
    command: request.command,
    domain: 'audio',
    preset: request.preset,
    settings: resolveSpeechSettings(request.preset, shared).resolved,
    steps: request.steps,
    task: request.task,
    runs: [],
    untrained: [],
    machine: thisMachine(),
  });
  const planned = plannedRuns(request);
  const begun = performance.now();
  let made = 0;
  for (const [index, run] of planned.entries()) {
    if (isFinished(folder, run)) continue;
    const left = planned.slice(index).filter((other) => !isFinished(folder, other)).length;
    const head = `run ${index + 1} of ${planned.length}, ${runNameOf(run.row)}, seed ${run.seed}${timeLeft(begun, made, left)}`;
    if (!(yield* makeRun(run, { request, shared, folder, control, head }))) return;
    made += 1;
  }
  yield { type: 'file-written', path: folder.tablePath, description: 'accuracy of every row beside the paper’s' };
  yield { type: 'file-written', path: join(request.out, 'ablation.json'), description: 'every run’s result' };
}

interface PlannedRun {
  readonly row: AblationRow;
  readonly seed: number;
}

/** Every different run of the rows asked for, seed by seed. */
export function plannedRuns({ rows, seeds }: Pick<AblateRequest, 'rows' | 'seeds'>): PlannedRun[] {
  const unknown = (rows ?? []).find((name) => !table2Rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new CpcError({
      where: 'ablate',
      expected: `rows out of ${table2Rows.map(({ name }) => name).join(', ')}`,
      received: `"${unknown}"`,
    });
  }
  const wanted = table2Rows.filter(({ name }) => rows === undefined || rows.includes(name));
  const different = [...new Map(wanted.map((row) => [runNameOf(row), row])).values()];
  return seeds.flatMap((seed) => different.map((row) => ({ row, seed })));
}

/**
 * What all runs share, beside what was asked for: as many candidates as every source of negatives has to give, and a rate that
 * ends its decay with the run.
 */
function sharedOverrides({ preset, overrides, steps }: AblateRequest): SettingOverrides {
  const { settings } = resolveSpeechSettings(preset, overrides);
  const positions = Math.floor(settings.windowSamples / encoderHop(settings.layers));
  const shared: SettingOverrides = {
    negativeCount: { value: Math.min(settings.negativeCount, positions), source: 'default' },
    learningRateDecaySteps: { value: settings.learningRateDecaySteps === 0 ? 0 : steps, source: 'default' },
  };
  return { ...shared, ...overrides };
}

interface Means {
  readonly request: AblateRequest;
  readonly shared: SettingOverrides;
  readonly folder: AblationFolder;
  readonly control: Control;
  /** Which run it is, for people. */
  readonly head: string;
}

/** Trains and probes one run; false if it was told to stop before it was done. */
async function* makeRun(run: PlannedRun, means: Means): AsyncGenerator<TaskEvent, boolean, undefined> {
  const { folder, control } = means;
  const name = runNameOf(run.row);
  const out = folder.runFolder(name, run.seed);
  if (!(yield* trainRow(run, out, means))) return false;
  const results = yield* probeRow(run, out, means);
  const trained = results.find(({ baseline }) => baseline === undefined);
  if (trained === undefined || control.stopRequested()) return false;
  const { totals } = await readRunRecord(out);
  const { runs, untrained } = folder.record();
  const random = results.find(({ baseline }) => baseline === 'random');
  await folder.update({
    runs: [...runs, { name, seed: run.seed, steps: totals.steps, trainedSeconds: totals.seconds, result: trained }],
    ...(random === undefined ? {} : { untrained: [...untrained, { seed: run.seed, result: random }] }),
  });
  return true;
}

async function* trainRow(
  { row, seed }: PlannedRun,
  out: string,
  { request, shared, control, head }: Means,
): AsyncGenerator<TaskEvent, boolean, undefined> {
  const { data, preset, steps, engine, strict, command } = request;
  const changes = Object.fromEntries(
    Object.entries(row.changes).map(([name, value]) => [name, { value, source: 'flag' as const }]),
  );
  const overrides = { ...shared, ...changes };
  const resume = existsSync(join(out, 'run.json'));
  const training = { data, preset, overrides, steps, seed, engine, out, resume, strict, command };
  let isComplete = false;
  for await (const event of trainSpeech(training, control)) {
    if (event.type === 'warning') yield event;
    if (event.type === 'step-end') yield { type: 'progress', label: `${head}: step`, done: event.step, total: steps };
    if (event.type === 'run-end') isComplete = event.reason === 'completed';
  }
  return isComplete;
}

/** The run's own result, and that of the model before its first update where this seed has none yet. */
async function* probeRow(
  { seed }: PlannedRun,
  out: string,
  { request, folder, control, head }: Means,
): AsyncGenerator<TaskEvent, ProbeResult[], undefined> {
  const { probeData, task, folds, engine, strict } = request;
  const hasUntrained = folder.record().untrained.some((other) => other.seed === seed);
  const results: ProbeResult[] = [];
  const probing = {
    run: out,
    data: probeData,
    task,
    ...(folds === undefined ? {} : { folds }),
    baselines: hasUntrained ? [] : ['random'],
    seed: 1, // folds and intervals: the same for all runs
    engine,
    strict,
  };
  for await (const event of probeSpeech(probing, control)) {
    if (event.type === 'probe-end') results.push(event.result);
    else if (event.type === 'progress') yield { ...event, label: `${head}: ${event.label}` };
    else yield event;
  }
  return results;
}

function isFinished(folder: AblationFolder, { row, seed }: PlannedRun): boolean {
  return folder.record().runs.some((run) => run.name === runNameOf(row) && run.seed === seed);
}

/** Judged by the runs made since `begun`. */
function timeLeft(begun: number, made: number, left: number): string {
  if (made === 0) return '';
  const minutes = ((performance.now() - begun) / 60_000 / made) * left;
  return `, about ${Math.ceil(minutes)} min left`;
}
