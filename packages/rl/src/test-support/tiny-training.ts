/** Trainings that take seconds. */
import { type CheckpointStore, createMemoryCheckpointStore } from '@cpc/core';
import { createEngine, type EngineRequest } from '@cpc/core/node';
import type { VectorEnvironment } from '@cpc/environments';
import { createBuiltInEnvironment } from '@cpc/environments';
import type { TrainingEvent, TrainingEventOf } from '@cpc/records';
import { type RlSettings, smallPreset } from '../presets.js';
import { trainAgent } from '../training/train-agent.js';

/** For vectors: 32 units each, 16 copies of 20 steps. */
export const tinySettings: RlSettings = {
  ...smallPreset,
  copies: 16,
  unrollSteps: 20,
  encoderUnits: 32,
  contextUnits: 32,
  contrastive: false,
  predictionSteps: 5,
  negativeCount: 32,
};

export interface TinyTraining {
  readonly environment: string | VectorEnvironment;
  readonly settings?: Partial<RlSettings>;
  readonly steps: number;
  readonly seed?: number;
  readonly engine?: EngineRequest;
  readonly checkpoints?: CheckpointStore;
  readonly checkpointEverySteps?: number;
  readonly stopRequested?: () => boolean;
  /** Ends the training early once it is true of a step. */
  readonly until?: (step: TrainingEventOf<'step-end'>) => boolean;
}

export async function trainTiny(training: TinyTraining): Promise<TrainingEvent[]> {
  const { until = () => false, steps, seed = 1, engine = { name: 'onnx', threads: 1 } } = training;
  const settings = { ...tinySettings, ...training.settings };
  const given = training.environment;
  const environment =
    typeof given === 'string' ? createBuiltInEnvironment({ name: given, copies: settings.copies }) : given;
  const events: TrainingEvent[] = [];
  const { checkpointEverySteps: every, stopRequested } = training;
  const run = trainAgent({
    ...{ environment, settings, engine: await createEngine(engine), seed, steps },
    ...(every === undefined ? {} : { checkpointEverySteps: every }),
    ...(stopRequested === undefined ? {} : { stopRequested }),
    checkpoints: training.checkpoints ?? createMemoryCheckpointStore(),
  });
  for await (const event of run) {
    events.push(event);
    if (event.type === 'step-end' && until(event)) break;
  }
  await environment.close();
  return events;
}

export function stepsOf(events: readonly TrainingEvent[]): TrainingEventOf<'step-end'>[] {
  return events.flatMap((event) => (event.type === 'step-end' ? event : []));
}

/** Mean return over the last episodes of a training, at least so many; undefined where there are not. */
export function lateReturn(steps: readonly TrainingEventOf<'step-end'>[], atLeast = 100): number | undefined {
  let [episodes, total] = [0, 0];
  for (const { agent } of [...steps].reverse()) {
    episodes += agent?.episodes ?? 0;
    total += (agent?.episodes ?? 0) * (agent?.episodeReturn ?? 0);
    if (episodes >= atLeast) return total / episodes;
  }
  return undefined;
}
