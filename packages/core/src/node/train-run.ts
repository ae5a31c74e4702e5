/** Training on a domain's data into a run folder: `train()` of core, kept by `keep-run.ts`. */
import type { TrainingEvent } from '@cpc/records';
import type { Optimiser } from '../optimisers/optimiser.js';
import type { BatchSource } from '../training/batches.js';
import type { Domain } from '../training/domain.js';
import { train } from '../training/train.js';
import type { Control } from './domain-commands.js';
import { type KeepRunOptions, keepRun } from './keep-run.js';

export interface TrainRunOptions extends Omit<KeepRunOptions, 'domain'> {
  readonly domain: Domain;
  /** Who makes the batches, as in `train()`; the caller closes it. */
  readonly batches?: BatchSource;
  readonly optimiser: Optimiser;
  readonly steps?: number;
  readonly minutes?: number;
  readonly clipNorm?: number;
  readonly checkpointEverySteps?: number;
  readonly control: Control;
}

/**
 * Trains into a run folder.
 *
 * @returns the events of `train()`, and a warning where a run goes on with another engine, version or machine.
 * @throws {CpcError} what `train()` and `keepRun()` throw.
 */
export function trainRun(options: TrainRunOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  const { domain, batches, engine, optimiser, seed, steps, minutes, clipNorm, checkpointEverySteps, control } = options;
  return keepRun({ ...options, domain: domain.name }, (run) =>
    train({
      ...run,
      domain,
      ...(batches === undefined ? {} : { batches }),
      engine,
      optimiser,
      seed,
      ...(steps === undefined ? {} : { steps }),
      ...(minutes === undefined ? {} : { minutes }),
      ...(clipNorm === undefined ? {} : { clipNorm }),
      ...(checkpointEverySteps === undefined ? {} : { checkpointEverySteps }),
      stopRequested: control.stopRequested,
    }),
  );
}
