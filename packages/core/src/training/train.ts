/**
 * The training loop. It reads from top to bottom: prepare, resume, and then draw, step, report, save until done.
 *
 * Whatever wants to know how training goes reads the events; nothing is called back.
 */

import { CpcError } from '@cpc/base';
import type { NamedHostTensors } from '@cpc/compile';
import type { TrainingEvent } from '@cpc/records';
import type { Checkpoint } from '../checkpoint-store.js';
import { type Engine, summaryOf } from '../engines/engine.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { countParameters, type HostArray, type Tree } from '../parameter-tree.js';
import { type BatchSource, batchesInThread, createBatchQueue } from './batches.js';
import { type CourseOptions, float32Values, nextTurn, openCourse, requireCourse } from './course.js';
import type { Domain } from './domain.js';
import { initialiseModel, initialStream } from './loss.js';
import { restoredState } from './starting-point.js';
import { parametersIn } from './state-names.js';
import { createTrainingStep } from './step.js';
import { unlessStopped } from './unless-stopped.js';

export interface TrainOptions extends CourseOptions {
  readonly domain: Domain;
  /** Who makes the domain's batches, such as worker threads (`createBatchWorkers`); default: this thread, between two steps. */
  readonly batches?: BatchSource | undefined;
  readonly engine: Engine;
  readonly optimiser: Optimiser;
  /** Limit on the length of the whole gradient, > 0 and finite; none if left out. */
  readonly clipNorm?: number | undefined;
  /** Asked after every step: true finishes, saves and leaves. */
  readonly stopRequested?: (() => boolean) | undefined;
}

/** Events as they happen, ending with `run-end`; then, as what the generator returns, the parameters that were trained. */
export type Training = AsyncGenerator<TrainingEvent, Tree<HostArray>, undefined>;

/**
 * Trains a domain, from the newest good checkpoint if there is one.
 *
 * Step n draws from `createRandom(seed).fold('batch', n)`, so that a resumed run computes what an uninterrupted one does, bit
 * for bit on the same machine, whoever makes the batches. What a batch had to leave out is told once, as `input-damaged`.
 *
 * @returns events as they happen, ending with `run-end`, and the trained parameters. Leaving early (`break`) frees the engine's memory and saves nothing.
 * @throws {CpcArgumentError} if neither `steps` nor `minutes` is given, or a number is out of range.
 * @throws {NotFiniteError} if loss or gradient is not finite, naming the step and the last good checkpoint.
 * @throws {CpcError} if the checkpoint is another run's; or there are checkpoints, and none is whole.
 *
 * @example
 * for await (const event of train({ domain, engine, optimiser: adam({ learningRate: 2e-4 }), seed: 1, steps: 1000, checkpoints })) {
 *   if (event.type === 'step-end') console.log(event.step, event.lossNats);
 * }
 */
export async function* train(options: TrainOptions): Training {
  requireCourse('train', options);
  const { domain, engine, seed } = options;
  const parameters = initialiseModel(domain, initialStream(seed));
  const trainingStep = await createTrainingStep({ ...options, parameters });
  const { state, prepareMilliseconds: traceMilliseconds } = trainingStep;
  try {
    const course = await openCourse(options, (checkpoint) => state.load(restoredState(checkpoint, state.current)));
    yield* course.damaged;
    const parameterCount = countParameters(parameters);
    yield { type: 'run-start', ...course.goal(), parameterCount, engine: summaryOf(engine), traceMilliseconds };

    const last = options.steps ?? Number.POSITIVE_INFINITY;
    const batches = createBatchQueue(options.batches ?? batchesInThread(domain), {
      seed,
      first: course.step + 1,
      last,
    });
    const leftOut = new Set<string>();
    while (!course.isDone() && !options.stopRequested?.()) {
      const begun = performance.now();
      const batch = await unlessStopped(batches.next(), options.stopRequested);
      if (batch === undefined) break;
      const { inputs, damaged } = batch;
      const inputWaitMilliseconds = performance.now() - begun;
      for (const { path, reason } of damaged) {
        if (!leftOut.has(path)) yield { type: 'input-damaged', path, reason };
        leftOut.add(path);
      }

      const stepBegun = performance.now();
      const result = await trainingStep.run(inputs, course.step + 1).catch((error: unknown) => {
        throw course.explain(error);
      });
      const stepMilliseconds = performance.now() - stepBegun;

      const seconds = (performance.now() - begun) / 1000;
      course.advance(seconds);
      yield {
        type: 'step-end',
        step: course.step,
        lossNats: result.lossNats,
        accuracy: [...result.accuracy],
        boundNats: [...result.boundNats],
        firstPredictionStep: domain.offsets[0] ?? 1,
        offsets: [...domain.offsets],
        gradientNorm: result.gradientNorm,
        learningRate: result.learningRate,
        stepMilliseconds,
        inputWaitMilliseconds,
        examplesPerSecond: domain.layout.sequences / seconds,
        trainedSeconds: course.trainedSeconds,
      };

      if (course.isDueForSaving()) yield await course.save(state.current);
      await nextTurn();
    }

    if (!course.isSaved()) yield await course.save(state.current);
    yield course.end();
    return trainedParameters(state.current);
  } finally {
    await trainingStep.dispose();
  }
}

/**
 * The parameters in a checkpoint: what the encoder, the context and the predictors are made of.
 *
 * @throws {CpcError} for no checkpoint, as `latest()` of an empty store gives.
 */
export function parametersOf(checkpoint: Checkpoint | undefined): Tree<HostArray> {
  if (checkpoint === undefined)
    throw new CpcError({
      where: 'parametersOf',
      expected: 'a checkpoint',
      received: 'none: the store is empty',
      fix: 'Train for one step at least, or look in another folder.',
    });
  return parametersIn(checkpoint.tensors);
}

/**
 * The parameters in a training state, as training loops return them.
 *
 * @throws {CpcError} if one is not float32.
 */
export function trainedParameters(state: NamedHostTensors): Tree<HostArray> {
  return parametersIn(float32Values(state, 'the state of the training'));
}
