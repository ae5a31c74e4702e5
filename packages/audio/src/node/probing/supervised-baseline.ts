/** `--baselines supervised`: the same network trained end to end with the labels of each split's training side. */
import { CpcError, createRandom, type Engine } from '@cpc/core';
import type { FoldPredictions } from '@cpc/probes';
import type { Control, TaskEvent } from '@cpc/runs';
import { encoderHop } from '../../model.js';
import { frameNumbers } from '../../supervised/labelled-frames.js';
import { type SupervisedEvent, superviseSplits } from '../../supervised/supervised-probe.js';
import type { SpeechModelFile } from '../model-file.js';
import { defaultClassifier } from './probe-classifiers.js';
import type { SpeechProbeRequest } from './probe-request.js';
import type { ProbeTask } from './tasks/probe-task.js';

export const supervisedBaseline = 'supervised';

/** @throws {CpcError} if the baseline is asked for with what it has no answer to. */
export function refuseWithSupervised({ baselines, classifier, pooled }: SpeechProbeRequest): void {
  if (!baselines.includes(supervisedBaseline)) return;
  const refuse = (option: string, received: string): never => {
    throw new CpcError({
      where: `probe, baseline ${supervisedBaseline}`,
      expected: `no ${option}: a linear layer on c is trained with the network, frame by frame`,
      received,
      fix: `Probe with the baseline ${supervisedBaseline} by itself, and with ${option} without it.`,
    });
  };
  if (classifier !== undefined && classifier !== defaultClassifier) refuse('--classifier', classifier);
  if (pooled === true) refuse('--pooled', '--pooled');
}

export interface SupervisedMeans {
  readonly model: Pick<SpeechModelFile, 'settings' | 'seed'>;
  readonly engine: Engine;
  /** Of the probe. */
  readonly seed: number;
  readonly control: Control;
}

/** Trains and asks split by split, and says what the splits were; `undefined` if it was told to stop. */
export async function* probeSupervised(
  task: ProbeTask,
  { model, engine, seed, control }: SupervisedMeans,
): AsyncGenerator<TaskEvent, { predictions: FoldPredictions[]; split: string } | undefined, undefined> {
  const table = frameNumbers(task, encoderHop(model.settings.layers));
  const { splits, description } = task.splits(table);
  const { groupOf } = task;
  const events = superviseSplits({
    speech: task,
    table,
    splits,
    settings: model.settings,
    seed: model.seed,
    engine,
    ...(groupOf === undefined ? {} : { groupOf }),
    random: createRandom(seed).fold('supervised'),
  });
  const predictions: FoldPredictions[] = [];
  for await (const event of events) {
    if (event.type === 'split-end') predictions.push(event.predictions);
    if (control.stopRequested()) return undefined;
    if (event.type === 'update') yield progressOf(event);
  }
  return { predictions, split: description };
}

function progressOf(event: SupervisedEvent & { type: 'update' }): TaskEvent {
  const { split, ofSplits, updates, ofUpdates, validationAccuracy } = event;
  const latest = validationAccuracy === undefined ? '' : `, validation ${(100 * validationAccuracy).toFixed(1)} %`;
  return {
    type: 'progress',
    label: `supervised: split ${split} of ${ofSplits}${latest}`,
    done: updates,
    total: ofUpdates,
  };
}
