/**
 * A training run with its folder: what `train()` does, kept on disk. Every domain's `train` command ends here.
 */
import { cpus, totalmem } from 'node:os';
import type { RunRecord, TrainingEvent, TrainingEventOf } from '@cpc/records';
import type { Engine } from '../engines/engine.js';
import { CpcError } from '../errors.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { flatten, type HostArray } from '../parameter-tree.js';
import { encodeSafetensors } from '../safetensors.js';
import type { Domain } from '../training/domain.js';
import { parametersOf, train } from '../training/train.js';
import { writeFileAtomically } from './atomic-file.js';
import type { Control } from './domain-commands.js';
import { createRunFolder, type RunFolder, type RunPaths, resumeRunFolder } from './run-folder.js';

export interface TrainRunOptions {
  readonly domain: Domain;
  readonly engine: Engine;
  readonly optimiser: Optimiser;
  readonly seed: number;
  readonly steps?: number;
  readonly minutes?: number;
  readonly clipNorm?: number;
  readonly checkpointEverySteps?: number;
  /** The run folder. */
  readonly folder: string;
  readonly resume: boolean;
  readonly record: Pick<RunRecord, 'command' | 'settings' | 'versions' | 'dataFingerprint' | 'data'> & {
    readonly preset: string;
  };
  /** Stored in `model.safetensors`: what it takes to use the parameters again. */
  readonly modelMetadata: Readonly<Record<string, string>>;
  /** Writes what the domain exports, such as ONNX files; called when training ends, interrupted or not. */
  readonly exportModel: (parameters: Readonly<Record<string, HostArray>>, paths: RunPaths) => Promise<void>;
  readonly control: Control;
}

/** Steps whose mean stands in the record as the final figures. */
const finalSteps = 100;

/**
 * Trains into a run folder.
 *
 * @returns the events of `train()`.
 * @throws {CpcError} what `train()` throws; or the folder holds another run. The record then says `failed` and why.
 */
export async function* trainRun(options: TrainRunOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  const folder = await openFolder(options);
  const { domain, engine, optimiser, seed, steps, minutes, clipNorm, checkpointEverySteps, control } = options;
  const recent: TrainingEventOf<'step-end'>[] = [];
  try {
    const events = train({
      domain,
      engine,
      optimiser,
      seed,
      ...(steps === undefined ? {} : { steps }),
      ...(minutes === undefined ? {} : { minutes }),
      ...(clipNorm === undefined ? {} : { clipNorm }),
      ...(checkpointEverySteps === undefined ? {} : { checkpointEverySteps }),
      checkpoints: folder.checkpoints,
      fingerprint: fingerprintOf(options),
      stopRequested: control.stopRequested,
    });
    for await (const event of events) {
      if (event.type === 'step-end') {
        await folder.append(event);
        recent.push(event);
        if (recent.length > finalSteps) recent.shift();
      }
      if (event.type === 'run-end') await finish(folder, options, event, recent);
      yield event;
    }
  } catch (error) {
    await folder.update({
      status: 'failed',
      ended: now(),
      error: error instanceof Error ? error.message : String(error),
    });
    throw error;
  } finally {
    await folder.close();
  }
}

async function finish(
  folder: RunFolder,
  { modelMetadata, exportModel }: TrainRunOptions,
  end: TrainingEventOf<'run-end'>,
  recent: readonly TrainingEventOf<'step-end'>[],
): Promise<void> {
  const checkpoint = await folder.checkpoints.latest();
  if (checkpoint === undefined)
    throw new CpcError({ where: folder.paths.checkpoints, expected: 'the checkpoint just saved', received: 'none' });
  const parameters = flatten(parametersOf(checkpoint));
  await writeFileAtomically(folder.paths.model, encodeSafetensors(parameters, modelMetadata));
  await exportModel(parameters, folder.paths);
  await folder.update({
    status: end.reason,
    ended: now(),
    totals: { steps: end.step, seconds: end.trainedSeconds },
    figures: { ...folder.record.figures, ...finalFigures(recent) },
  });
}

/** Means over the last steps: a single step's figures are those of one batch. */
function finalFigures(recent: readonly TrainingEventOf<'step-end'>[]): RunRecord['figures'] {
  const [first] = recent;
  if (first === undefined) return {};
  const count = recent.length;
  const mean = (read: (event: TrainingEventOf<'step-end'>) => number) =>
    recent.reduce((sum, event) => sum + read(event), 0) / count;
  const figures: RunRecord['figures'] = {
    lossNats: { value: mean((event) => event.lossNats), unit: 'nats', count },
    stepMilliseconds: { value: mean((event) => event.stepMilliseconds), unit: 'ms', count },
    inputWaitMilliseconds: { value: mean((event) => event.inputWaitMilliseconds), unit: 'ms', count },
  };
  for (const index of first.accuracy.keys()) {
    const k = String(first.firstPredictionStep + index).padStart(2, '0');
    figures[`accuracy/k${k}`] = { value: mean((event) => event.accuracy[index] ?? 0), count };
    figures[`boundNats/k${k}`] = { value: mean((event) => event.boundNats[index] ?? 0), unit: 'nats', count };
  }
  return figures;
}

async function openFolder(options: TrainRunOptions): Promise<RunFolder> {
  if (!options.resume) return createRunFolder(options.folder, newRecord(options));
  return resumeRunFolder(options.folder, {
    admit: (before) => {
      requireSameRun(before, options);
      return before;
    },
  });
}

/** Settings, data and seed decide what is computed: with others, it is not this run that would go on. */
function requireSameRun(before: RunRecord, { record, seed, folder }: TrainRunOptions): void {
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

function fingerprintOf({ record }: TrainRunOptions): string {
  return `${record.dataFingerprint} ${textOf(record.settings)}`;
}

function newRecord({ domain, engine, seed, record }: TrainRunOptions): RunRecord {
  return {
    schema: 1,
    ...record,
    domain: domain.name,
    machine: {
      cpuModel: cpus()[0]?.model ?? 'unknown',
      cores: Math.max(1, cpus().length),
      memoryBytes: totalmem(),
      platform: `${process.platform}-${process.arch}`,
      node: process.versions.node,
    },
    engine: {
      name: engine.name,
      provider: engine.provider,
      ...(engine.threads === undefined ? {} : { threads: engine.threads }),
      note: engine.note,
    },
    seed,
    started: now(),
    status: 'running',
    totals: { steps: 0, seconds: 0 },
    figures: {},
    probes: [],
  };
}

function now(): string {
  return new Date().toISOString();
}
