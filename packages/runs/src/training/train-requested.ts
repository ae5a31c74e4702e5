/** The training that a command asked for, into a run folder: what is the same for every domain that learns from data. */

import type { BatchSource, DecayingAdamSettings, Domain, Optimiser } from '@cpc/core';
import { initialiseModel, initialStream, train } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import type { DataSummary, ResolvedSetting, TrainingEvent } from '@cpc/records';
import type { Control } from '../commands/command.js';
import type { TrainRequest } from '../commands/requests.js';
import { type KeepRunOptions, keepRun } from './keep-run.js';
import { readStartingRun, type StartingRun } from './starting-run.js';
import { trainingEnd } from './training-end.js';

/** What a domain brings along. */
export interface RequestedTraining extends Pick<KeepRunOptions, 'modelMetadata' | 'exportModel'> {
  readonly domain: Domain;
  /** Who makes the batches, as in `train()`; the caller closes it. */
  readonly batches?: BatchSource | undefined;
  readonly optimiser: Optimiser;
  /** Those that this function heeds; `clipNorm` 0 for no limit. */
  readonly settings: Pick<DecayingAdamSettings, 'learningRateDecaySteps'> & { readonly clipNorm: number };
  /** All settings, with where each came from. */
  readonly resolved: Readonly<Record<string, ResolvedSetting>>;
  /** Updates that see the data about once. */
  readonly stepsPerEpoch: number;
  /** Of the packages that compute, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly dataFingerprint: string;
  readonly data: DataSummary;
}

/**
 * Trains into the folder that the request names.
 *
 * @returns the events of `keepRun()`, and a warning where updates come after the learning rate has reached 0: before the first, where it is
 *   known how many there will be, else at the first of them.
 * @throws {CpcError} what `train()`, `keepRun()`, `trainingEnd()` and `createEngine()` throw.
 */
export async function* trainRequested(
  request: TrainRequest,
  { settings, resolved, stepsPerEpoch, ...training }: RequestedTraining,
  { stopRequested }: Control,
): AsyncGenerator<TrainingEvent, void, undefined> {
  const { seed, out: folder, resume, command, preset, checkpointEverySteps } = request;
  const { domain, batches, optimiser, versions, dataFingerprint, data, modelMetadata, exportModel } = training;
  const { learningRateDecaySteps: decaySteps } = settings;
  const end = trainingEnd(request, stepsPerEpoch);
  const known = lateSteps(decaySteps, end.steps);
  if (known !== undefined) yield { type: 'warning', message: known };
  let told = known !== undefined || decaySteps === 0;
  const start = await startOf(request, domain, resolved);
  const engine = await createEngine(request.engine);
  const clipNorm = settings.clipNorm > 0 ? settings.clipNorm : undefined;
  const record = { command, preset, settings: resolved, versions, dataFingerprint, data };
  const kept = { domain: domain.name, engine, seed, folder, resume, record, modelMetadata, exportModel, start };
  for await (const event of keepRun(kept, (run) =>
    train({ domain, batches, engine, optimiser, seed, clipNorm, checkpointEverySteps, stopRequested, ...end, ...run }),
  )) {
    if (!told && event.type === 'step-end' && event.step > decaySteps) {
      told = true;
      yield { type: 'warning', message: `${reached(decaySteps)}: updates from now on learn nothing. ${remedy()}` };
    }
    yield event;
  }
}

/** What the request starts from; nothing where it resumes, as the parameters are in the run's own checkpoints then. */
async function startOf(
  { from, resume, seed }: TrainRequest,
  domain: Domain,
  settings: Readonly<Record<string, ResolvedSetting>>,
): Promise<StartingRun | undefined> {
  if (from === undefined || resume) return undefined;
  const initial = initialiseModel(domain, initialStream(seed));
  return readStartingRun(from, { domain: domain.name, initial, settings });
}

function lateSteps(decaySteps: number, steps = 0): string | undefined {
  if (decaySteps === 0 || steps <= decaySteps) return undefined;
  return `${reached(decaySteps)}: the last ${steps - decaySteps} of ${steps} updates learn nothing. ${remedy(steps)}`;
}

function reached(decaySteps: number): string {
  return `learningRateDecaySteps is ${decaySteps}, after which the rate is 0`;
}

function remedy(steps?: number): string {
  return `Set learningRateDecaySteps=${steps ?? 'UPDATES'} to decay over the whole run, or 0 for a rate that stays.`;
}
