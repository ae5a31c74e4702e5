/**
 * A training run with its folder: the events of a training loop, kept on disk as they come. Every `train` command ends here.
 */

import { CpcError, entryAt } from '@cpc/base';
import { describedSystemError } from '@cpc/base/node';
import type { Checkpoint, CheckpointStore, HostArray, Training, Tree } from '@cpc/core';
import { type Engine, type LastGood, NotFiniteError, startingCheckpoint, summaryOf } from '@cpc/core';
import {
  type AgentAverages,
  averageSteps,
  createInputWait,
  finalSteps,
  type InputWait,
  type MetricsLine,
  type RunRecord,
  type Sitting,
  type StepMeasurements,
  type TrainingEvent,
  type TrainingEventOf,
} from '@cpc/records';
import { saidDuring } from '../commands/said-during.js';
import { lastGoodKey, stepKey, writeModelFile } from '../models/model-file.js';
import { thisMachine } from '../run-folder/machine.js';
import {
  createRunFolder,
  type RunFolder,
  type RunPaths,
  readLastMetrics,
  resumeRunFolder,
} from '../run-folder/run-folder.js';
import { predictionTag } from '../tensorboard/step-scalars.js';
import { endingWithParameters } from './ending-with-parameters.js';
import type { StartingRun } from './starting-run.js';

export interface KeepRunOptions {
  /** Name of the domain, such as `audio`. */
  readonly domain: string;
  readonly engine: Engine;
  readonly seed: number;
  /** The run folder. */
  readonly folder: string;
  readonly resume: boolean;
  readonly record: Pick<RunRecord, 'command' | 'settings' | 'versions' | 'dataFingerprint' | 'data'> & {
    readonly preset: string;
  };
  /** Stored in `model.safetensors`: what it takes to use the parameters again. */
  readonly modelMetadata: Readonly<Record<string, string>>;
  /** Writes what the domain exports, such as ONNX files; called when training ends, interrupted or not. */
  readonly exportModel: (parameters: Tree<HostArray>, paths: RunPaths) => Promise<void>;
  /** Begin with its parameters; of no account where a run is resumed. */
  readonly start?: StartingRun | undefined;
}

/** What a training loop is given by the folder it runs in. */
export interface KeptRun {
  readonly checkpoints: CheckpointStore;
  /** What has to be the same for the run to go on. */
  readonly fingerprint: string;
}

/**
 * Keeps what a training loop tells in a run folder.
 *
 * What a batch had to leave out is added to the record's skipped files.
 *
 * @param training - the loop: saves to the store it is given, ends with `run-end`, and returns the parameters of the model.
 * @returns the loop's events, and a warning where a run goes on with another engine, version or machine.
 * @throws {CpcError} what the loop throws; or the folder holds another run, or another process trains into it. Once training has
 *   begun, the record then says `failed` and why.
 *
 * @example
 * yield* keepRun(options, ({ checkpoints, fingerprint }) => train({ ...training, checkpoints, fingerprint }));
 */
export async function* keepRun(
  options: KeepRunOptions,
  training: (run: KeptRun) => Training,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const folder = yield* openFolder(options);
  const wait = createInputWait();
  let last: TrainingEventOf<'step-end'> | undefined;
  let hasFailed = false;
  try {
    const recent: StepMeasurements[] = await lastLogged(options);
    for (const message of [...(options.start?.warnings ?? []), ...changesSince(folder.record.sittings)])
      yield { type: 'warning', message };
    const { checkpoints } = folder;
    const loop = training({ checkpoints, fingerprint: fingerprintOf(options) });
    for await (const { event, parameters } of endingWithParameters(loop)) {
      if (event.type === 'step-end') {
        await folder.append(event);
        last = event;
        wait.add(event);
        recent.push(event);
        if (recent.length > finalSteps) recent.shift();
      }
      if (event.type === 'input-damaged') await recordDamage(folder, event);
      if (event.type === 'run-end' && parameters !== undefined) {
        await writeModel(folder, options, { step: event.step, parameters });
        await recordEnd(folder, event, { recent, wait });
      }
      yield event;
    }
  } catch (error) {
    hasFailed = true;
    const failure = await keptLastGood(folder, options, error);
    await recordFailure(folder, failure, last);
    throw failure;
  } finally {
    const closed = folder.close();
    await (hasFailed ? closed.catch(() => undefined) : closed); // the first error tells what went wrong
  }
}

/** Adds to what the record says was left out; an earlier sitting may have met the same. */
async function recordDamage(folder: RunFolder, { path, reason }: TrainingEventOf<'input-damaged'>): Promise<void> {
  const { data } = folder.record;
  if (data.skipped.some(({ file }) => file === path)) return;
  await folder.update({ data: { ...data, skipped: [...data.skipped, { file: path, reason }] } });
}

/** Says in the record why the run failed. Where that fails too, such as on a full disk, the first error is what counts. */
async function recordFailure(
  folder: RunFolder,
  error: unknown,
  last: TrainingEventOf<'step-end'> | undefined,
): Promise<void> {
  const failure: Partial<RunRecord> = {
    status: 'failed',
    ended: now(),
    error: reasonOf(error),
    ...(last === undefined ? {} : { totals: { steps: last.step, seconds: last.trainedSeconds } }),
  };
  await folder.update(failure).catch(() => undefined);
}

function reasonOf(thrown: unknown): string {
  const error = describedSystemError(thrown);
  return error instanceof Error ? error.message : String(error);
}

/** What earlier sittings logged last: the final figures of a run that was interrupted are means over its last steps too. */
async function lastLogged({ folder, resume }: KeepRunOptions): Promise<MetricsLine[]> {
  return resume ? await readLastMetrics(folder, finalSteps) : [];
}

/**
 * Where the loss is no longer a number, keeps the last parameters with which it was one as the run's model, and says how to go on
 * from them.
 */
async function keptLastGood(folder: RunFolder, options: KeepRunOptions, error: unknown): Promise<unknown> {
  if (!NotFiniteError.isInstance(error) || error.lastGood === undefined) return error;
  const { step, parameters } = error.lastGood;
  try {
    await writeModel(folder, options, { step, parameters }, { [lastGoodKey]: 'true' });
  } catch {
    return error; // such as a full disk: the first error is what counts
  }
  const { where, expected, received, lastGood, fix } = error;
  const kept = `The parameters of update ${step} are kept in ${folder.paths.model}: start a new run from them by --from ${options.folder}, with a lower learningRate or a clipNorm.`;
  return new NotFiniteError({ where, expected, received, fix: `${fix ?? ''} ${kept}`, cause: error }, lastGood);
}

/** Writes the model, and what the domain exports. */
async function writeModel(
  folder: RunFolder,
  { modelMetadata, exportModel }: KeepRunOptions,
  { step, parameters }: LastGood,
  added: Readonly<Record<string, string>> = {},
): Promise<void> {
  await folder.requireHeld();
  await writeModelFile(folder.paths.model, parameters, { ...modelMetadata, [stepKey]: String(step), ...added });
  await exportModel(parameters, folder.paths);
}

async function recordEnd(folder: RunFolder, end: TrainingEventOf<'run-end'>, measured: Measured): Promise<void> {
  await folder.update({
    status: end.reason,
    ended: now(),
    totals: { steps: end.step, seconds: end.trainedSeconds },
    figures: { ...folder.record.figures, ...finalFigures(measured) },
  });
}

/** What the final figures are made from. */
interface Measured {
  /** The last steps, of earlier sittings too. */
  readonly recent: readonly StepMeasurements[];
  /** Of this sitting. */
  readonly wait: InputWait;
}

function finalFigures({ recent, wait }: Measured): RunRecord['figures'] {
  const means = averageSteps(recent);
  if (means === undefined) return {};
  const { count, agent } = means;
  const inputWaitShare = wait.share();
  const figures: RunRecord['figures'] = {
    ...(means.offsets.length === 0 ? {} : { lossNats: { value: means.lossNats, unit: 'nats', count } }),
    ...(agent === undefined ? {} : agentFigures(agent, count)),
    stepMilliseconds: { value: means.stepMilliseconds, unit: 'ms', count },
    inputWaitMilliseconds: { value: means.inputWaitMilliseconds, unit: 'ms', count },
    ...(inputWaitShare === undefined ? {} : { inputWaitShare }),
  };
  for (const [index, offset] of means.offsets.entries()) {
    figures[`accuracy/${predictionTag(offset)}`] = { value: entryAt(means.accuracy, index, 'accuracy'), count };
    figures[`boundNats/${predictionTag(offset)}`] = {
      value: entryAt(means.boundNats, index, 'boundNats'),
      unit: 'nats',
      count,
    };
  }
  return figures;
}

/** Of runs in which an agent makes the data; returns and lengths are counted by episode. */
function agentFigures(agent: AgentAverages, count: number): RunRecord['figures'] {
  const { episodes, episodeReturn, episodeSteps, explainedVariance } = agent;
  return {
    ...(episodeReturn === undefined ? {} : { episodeReturn: { value: episodeReturn, count: episodes } }),
    ...(episodeSteps === undefined ? {} : { episodeSteps: { value: episodeSteps, count: episodes } }),
    ...(explainedVariance === undefined ? {} : { explainedVariance: { value: explainedVariance, count } }),
    entropyNats: { value: agent.entropyNats, unit: 'nats', count },
    framesPerSecond: { value: agent.framesPerSecond, unit: '1/s', count },
  };
}

/** Says why it takes long, where another process may be training into the folder. */
async function* openFolder(options: KeepRunOptions): AsyncGenerator<TrainingEvent, RunFolder, undefined> {
  const opening = saidDuring((onWait) => openedFolder(options, onWait));
  for (;;) {
    const { done, value } = await opening.next();
    if (done === true) return value;
    yield { type: 'warning', message: value };
  }
}

async function openedFolder(options: KeepRunOptions, onWait: (message: string) => void): Promise<RunFolder> {
  if (!options.resume) return newFolder(options, onWait);
  return resumeRunFolder(options.folder, {
    onWait,
    admit: (before, checkpoint) => {
      requireSameRun(before, options);
      requireStart(before, checkpoint, options);
      const { started, engine, versions, machine } = before;
      const earlier = before.sittings ?? [{ started, step: 0, engine, versions, machine }];
      return { ...before, sittings: [...earlier, newSitting(options, checkpoint?.step ?? 0)] };
    },
  });
}

/** Of a run that starts from another one, its parameters are the first checkpoint: resuming asks that other run for nothing. */
async function newFolder(options: KeepRunOptions, onWait: (message: string) => void): Promise<RunFolder> {
  const folder = await createRunFolder(options.folder, newRecord(options), { onWait });
  const { start, seed } = options;
  if (start === undefined) return folder;
  const metadata = { seed: String(seed), trainedSeconds: '0', fingerprint: fingerprintOf(options) };
  await folder.checkpoints.save(startingCheckpoint(start.parameters, metadata, start.run));
  return folder;
}

/** Killed before its parameters were saved, such a run would go on from others. */
function requireStart(before: RunRecord, checkpoint: Checkpoint | undefined, { folder }: KeepRunOptions): void {
  if (before.startedFrom === undefined || checkpoint !== undefined) return;
  throw new CpcError({
    where: folder,
    expected: `a checkpoint with the parameters of ${before.startedFrom.run}`,
    received: 'none: the run was ended before it had saved them',
    fix: 'Delete the folder, and start the run again with --from.',
  });
}

/** Settings, data and seed decide what is computed: with others, it is not this run that would go on. */
function requireSameRun(before: RunRecord, { record, seed, folder }: KeepRunOptions): void {
  const settings = new Set([...Object.keys(before.settings), ...Object.keys(record.settings)]);
  const textOfSetting = (of: RunRecord['settings'], name: string) => JSON.stringify(of[name]?.value) ?? 'none';
  const all = [
    ...[...settings].map((name) => [name, textOfSetting(before.settings, name), textOfSetting(record.settings, name)]),
    ['data', before.dataFingerprint, record.dataFingerprint],
    ['seed', String(before.seed), String(seed)],
  ] as const;
  const different = all.filter(([, started, now]) => started !== now);
  if (different.length === 0) return;
  throw new CpcError({
    where: folder,
    expected: `the settings the run was started with (${different.map(([name, started]) => `${name} ${started}`).join(', ')})`,
    received: different.map(([name, , now]) => `${name} ${now}`).join(', '),
    fix: 'Give the same to go on with this run, or start a new one in another folder. Nothing was changed.',
  });
}

/** Values only: a setting may come from a flag the first time and from a file the next. */
function textOf(settings: RunRecord['settings']): string {
  return JSON.stringify(Object.entries(settings).map(([name, { value }]) => [name, value]));
}

function fingerprintOf({ record }: KeepRunOptions): string {
  return `${record.dataFingerprint} ${textOf(record.settings)}`;
}

function startOf({ start }: KeepRunOptions): Pick<RunRecord, 'startedFrom'> {
  return start === undefined ? {} : { startedFrom: { run: start.run, step: start.step } };
}

function newRecord(options: KeepRunOptions): RunRecord {
  const sitting = newSitting(options, 0);
  return {
    schema: 1,
    ...options.record,
    domain: options.domain,
    ...startOf(options),
    machine: sitting.machine,
    engine: sitting.engine,
    seed: options.seed,
    started: sitting.started,
    status: 'running',
    totals: { steps: 0, seconds: 0 },
    figures: {},
    probes: [],
    sittings: [sitting],
  };
}

function newSitting({ engine, record }: KeepRunOptions, step: number): Sitting {
  return {
    started: now(),
    step,
    engine: summaryOf(engine),
    versions: record.versions,
    machine: thisMachine(),
  };
}

/** What computes differently than in the sitting before. The run goes on, but not bit for bit as if left alone. */
function changesSince(sittings: readonly Sitting[] = []): string[] {
  const [before, now] = sittings.slice(-2);
  if (before === undefined || now === undefined) return [];
  const then = computingParts(before);
  const changes = Object.entries(computingParts(now)).filter(([name, value]) => then[name] !== value);
  if (changes.length === 0) return [];
  const list = changes.map(([name, value]) => `${name} ${value} (before: ${then[name] ?? 'none'})`).join(', ');
  return [`the run goes on with ${list}: its numbers may differ from those of a run that was not interrupted`];
}

function computingParts({ engine, versions, machine }: Sitting): Record<string, string> {
  return {
    engine: engine.name,
    provider: engine.provider ?? 'unknown',
    threads: String(engine.threads ?? 'of its own choice'),
    ...(engine.note === undefined ? {} : { runtime: engine.note }),
    processor: `${machine.cpuModel}, ${machine.platform}`,
    node: machine.node,
    ...versions,
  };
}

function now(): string {
  return new Date().toISOString();
}
