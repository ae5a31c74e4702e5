/**
 * The training loop. It reads from top to bottom: prepare, resume, and then draw, step, report, save until done.
 *
 * Whatever wants to know how training goes reads the events; nothing is called back.
 */
import type { TrainingEvent } from '@cpc/records';
import { type Checkpoint, type CheckpointStore, newestWhole } from '../checkpoint-store.js';
import { type Engine, summaryOf } from '../engines/engine.js';
import { CpcArgumentError, CpcError } from '../errors.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { countParameters, type HostArray, type Tree, unflatten } from '../parameter-tree.js';
import { type BatchSource, batchesInThread, createBatchQueue } from './batches.js';
import type { Domain } from './domain.js';
import { initialiseModel, initialStream } from './loss.js';
import { parametersPrefix, pathOf } from './state-names.js';
import { createTrainingStep, type TrainingStep } from './step.js';

export interface TrainOptions {
  readonly domain: Domain;
  /** Who makes the domain's batches, such as worker threads (`createBatchWorkers`); default: this thread, between two steps. */
  readonly batches?: BatchSource;
  readonly engine: Engine;
  readonly optimiser: Optimiser;
  /** Any safe integer. The same seed gives the same parameters, interrupted or not. */
  readonly seed: number;
  /** Ends after this many updates in all, counted over interruptions; >= 0. */
  readonly steps?: number;
  /** Ends after this much time spent training, counted over interruptions; > 0. */
  readonly minutes?: number;
  readonly checkpoints: CheckpointStore;
  /** Also saves after every so many updates, >= 1, beside once at the end. Default 500. */
  readonly checkpointEverySteps?: number;
  /** Also saves when so many seconds, > 0, have gone by since the last time. Default 120. */
  readonly checkpointEverySeconds?: number;
  /** Limit on the length of the whole gradient, > 0 and finite; none if left out. */
  readonly clipNorm?: number;
  /** Stored with every checkpoint; a run resumes only from a checkpoint with the same text. */
  readonly fingerprint?: string;
  /** Asked after every step: true finishes, saves and leaves. */
  readonly stopRequested?: () => boolean;
}

/**
 * Trains a domain, from the newest good checkpoint if there is one.
 *
 * Step n draws from `createRandom(seed).fold('batch', n)`, so that a resumed run computes what an uninterrupted one does, bit
 * for bit on the same machine, whoever makes the batches. What a batch had to leave out is told once, as `input-damaged`.
 *
 * @returns events as they happen, ending with `run-end`. Returning early (`break`) frees the engine's memory and saves nothing.
 * @throws {CpcArgumentError} if neither `steps` nor `minutes` is given, or a number is out of range.
 * @throws {CpcError} if loss or gradient is not finite, naming the step and the last good checkpoint; or the checkpoint is
 *   another run's; or there are checkpoints, and none is whole.
 *
 * @example
 * for await (const event of train({ domain, engine, optimiser: adam({ learningRate: 2e-4 }), seed: 1, steps: 1000, checkpoints })) {
 *   if (event.type === 'step-end') console.log(event.step, event.lossNats);
 * }
 */
export async function* train(options: TrainOptions): AsyncGenerator<TrainingEvent, void, undefined> {
  requireEnd(options);
  requireIntervals(options);
  const { domain, engine, seed, checkpoints } = options;
  const parameters = initialiseModel(domain, initialStream(seed));
  const trainingStep = await createTrainingStep({ ...options, parameters });
  try {
    const damaged: TrainingEvent[] = [];
    const checkpoint = await newestWhole(checkpoints, 'checkpoints', ({ path, reason }) =>
      damaged.push({ type: 'checkpoint-damaged', path, reason }),
    );
    yield* damaged;
    const resumed =
      checkpoint === undefined ? { step: 0, trainedSeconds: 0 } : restore(trainingStep, checkpoint, options);
    let { step, trainedSeconds } = resumed;
    let savedAt = { step, trainedSeconds };
    let savedPath = checkpoint === undefined ? undefined : await placeOf(checkpoints, checkpoint);

    yield {
      type: 'run-start',
      step,
      parameterCount: countParameters(parameters),
      engine: summaryOf(engine),
      traceMilliseconds: trainingStep.prepareMilliseconds,
      ...(options.steps === undefined ? {} : { totalSteps: options.steps }),
      ...(options.minutes === undefined ? {} : { totalMinutes: options.minutes }),
    };

    const last = options.steps ?? Number.POSITIVE_INFINITY;
    const batches = createBatchQueue(options.batches ?? batchesInThread(domain), { seed, first: step + 1, last });
    const leftOut = new Set<string>();
    while (!isDone(options, step, trainedSeconds) && !options.stopRequested?.()) {
      const begun = performance.now();
      const { inputs, damaged: damagedInputs } = await batches.next();
      const inputWaitMilliseconds = performance.now() - begun;
      for (const { path, reason } of damagedInputs) {
        if (!leftOut.has(path)) yield { type: 'input-damaged', path, reason };
        leftOut.add(path);
      }

      const stepBegun = performance.now();
      const result = await trainingStep.run(inputs, step + 1).catch((error: unknown) => {
        throw withCheckpoint(error, savedPath);
      });
      const stepMilliseconds = performance.now() - stepBegun;

      step += 1;
      const seconds = (performance.now() - begun) / 1000;
      trainedSeconds += seconds;
      yield {
        type: 'step-end',
        step,
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
        trainedSeconds,
      };

      if (isDueForSaving(options, step, trainedSeconds, savedAt)) {
        savedPath = await checkpoints.save(toCheckpoint(trainingStep, step, trainedSeconds, options));
        savedAt = { step, trainedSeconds };
        yield { type: 'checkpoint-saved', step, path: savedPath };
      }
      await nextTurn();
    }

    if (savedAt.step !== step || savedPath === undefined) {
      yield {
        type: 'checkpoint-saved',
        step,
        path: await checkpoints.save(toCheckpoint(trainingStep, step, trainedSeconds, options)),
      };
    }
    yield {
      type: 'run-end',
      step,
      reason: isDone(options, step, trainedSeconds) ? 'completed' : 'interrupted',
      trainedSeconds,
    };
  } finally {
    await trainingStep.dispose();
  }
}

/** The parameters in a checkpoint: what the encoder, the context and the predictors are made of. */
export function parametersOf({ tensors }: Checkpoint): Tree<HostArray> {
  const parameters = Object.entries(tensors).filter(([name]) => name.startsWith(parametersPrefix));
  return unflatten(Object.fromEntries(parameters.map(([name, value]) => [pathOf(name), value])));
}

function isDone({ steps, minutes }: TrainOptions, step: number, trainedSeconds: number): boolean {
  return step >= (steps ?? Number.POSITIVE_INFINITY) || trainedSeconds >= (minutes ?? Number.POSITIVE_INFINITY) * 60;
}

function isDueForSaving(
  options: TrainOptions,
  step: number,
  trainedSeconds: number,
  savedAt: { step: number; trainedSeconds: number },
): boolean {
  const { checkpointEverySteps = 500, checkpointEverySeconds = 120 } = options;
  return (
    step - savedAt.step >= checkpointEverySteps || trainedSeconds - savedAt.trainedSeconds >= checkpointEverySeconds
  );
}

function toCheckpoint(
  { state }: TrainingStep,
  step: number,
  trainedSeconds: number,
  { seed, fingerprint = '' }: TrainOptions,
): Checkpoint {
  const tensors = Object.fromEntries(
    Object.entries(state.current).map(([name, { shape, data }]) => {
      if (data instanceof Float32Array) return [name, { shape, data }];
      throw new CpcError({
        where: `checkpoint of step ${step}`,
        expected: `float32 values in ${name}`,
        received: data.constructor.name,
      });
    }),
  );
  return { step, tensors, metadata: { seed: String(seed), trainedSeconds: String(trainedSeconds), fingerprint } };
}

function restore(
  { state }: TrainingStep,
  { step, tensors, metadata }: Checkpoint,
  { seed, fingerprint = '' }: TrainOptions,
) {
  requireSame('seed', String(seed), metadata.seed, step);
  requireSame('settings and data', fingerprint, metadata.fingerprint, step);
  state.load(tensors);
  return { step, trainedSeconds: Number(metadata.trainedSeconds ?? 0) };
}

function requireSame(what: string, now: string, before: string | undefined, step: number): void {
  if (now === before) return;
  const [expected, received] = before === undefined ? [now, 'none'] : whereTheyDiffer(now, before);
  throw new CpcError({
    where: `checkpoint of step ${step}`,
    expected: `the ${what} of this run (${expected})`,
    received,
    fix: 'Resume with the settings and data the run was started with, or start a new run in another folder.',
  });
}

const shownBefore = 30;
const shownAfter = 50;

/** Two texts, each cut to the place where they part: fingerprints are long, and alike but for a word. */
function whereTheyDiffer(one: string, other: string): [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const begin = Math.max(0, same - shownBefore);
  const cut = (text: string) => {
    const shown = text.slice(begin, same + shownAfter);
    return `${begin > 0 ? '…' : ''}${shown}${text.length > same + shownAfter ? '…' : ''}`;
  };
  return [cut(one), cut(other)];
}

async function placeOf(checkpoints: CheckpointStore, { step }: Checkpoint): Promise<string> {
  const place = (await checkpoints.list()).find((candidate) => candidate.step === step);
  return place?.path ?? `that of step ${step}`;
}

function withCheckpoint(error: unknown, path: string | undefined): unknown {
  if (!CpcError.isInstance(error) || path === undefined) return error;
  return new CpcError({
    where: error.where,
    expected: error.expected,
    received: error.received,
    fix: `${error.fix ?? ''} The last good checkpoint is ${path}.`,
    cause: error,
  });
}

function requireEnd({ steps, minutes }: TrainOptions): void {
  const badSteps = steps !== undefined && !(Number.isInteger(steps) && steps >= 0);
  const badMinutes = minutes !== undefined && !(minutes > 0);
  if ((steps !== undefined || minutes !== undefined) && !badSteps && !badMinutes) return;
  throw new CpcArgumentError({
    where: 'train',
    argument: badMinutes ? 'minutes' : 'steps',
    expected: 'steps (a whole number of at least 0) or minutes (above 0), or both',
    received: badMinutes ? minutes : steps,
  });
}

function requireIntervals({ checkpointEverySteps, checkpointEverySeconds }: TrainOptions): void {
  if (checkpointEverySteps !== undefined && !(Number.isInteger(checkpointEverySteps) && checkpointEverySteps >= 1)) {
    const expected = 'checkpointEverySteps to be a whole number of at least 1';
    const received = checkpointEverySteps;
    throw new CpcArgumentError({ where: 'train', argument: 'checkpointEverySteps', expected, received });
  }
  if (checkpointEverySeconds !== undefined && !(checkpointEverySeconds > 0)) {
    const expected = 'checkpointEverySeconds to be above 0';
    const received = checkpointEverySeconds;
    throw new CpcArgumentError({ where: 'train', argument: 'checkpointEverySeconds', expected, received });
  }
}

/** Lets timers and messages of this thread have their turn: a step may hold it for a second. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
