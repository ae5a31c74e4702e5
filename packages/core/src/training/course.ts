/**
 * The course of a training run, whatever is trained: where it goes on, when it ends, when it saves. Training loops walk along it.
 */

import { CpcArgumentError, CpcError } from '@cpc/base';
import type { NamedHostTensors } from '@cpc/compile';
import type { TrainingEvent, TrainingEventOf } from '@cpc/records';
import { type Checkpoint, type CheckpointStore, newestWhole } from '../checkpoint-store.js';
import type { HostArray } from '../parameter-tree.js';
import { NotFiniteError } from './require-finite.js';

export interface CourseOptions {
  /** Any safe integer. */
  readonly seed: number;
  /** Ends after this many updates in all, counted over interruptions; >= 0. */
  readonly steps?: number | undefined;
  /** Ends after this much time spent training, counted over interruptions; > 0. */
  readonly minutes?: number | undefined;
  readonly checkpoints: CheckpointStore;
  /** Also saves after every so many updates, >= 1, beside once at the end. Default 500. */
  readonly checkpointEverySteps?: number | undefined;
  /** Also saves when so many seconds, > 0, have gone by since the last time. Default 120. */
  readonly checkpointEverySeconds?: number | undefined;
  /** Stored with every checkpoint; a run resumes only from a checkpoint with the same text. */
  readonly fingerprint?: string | undefined;
}

export interface Course {
  /** Updates made, over all sittings. */
  readonly step: number;
  /** Time spent training, over all sittings. */
  readonly trainedSeconds: number;
  /** Checkpoints that were passed over because they are damaged. */
  readonly damaged: readonly TrainingEvent[];
  readonly isDone: () => boolean;
  /** One update more, which took that long. */
  readonly advance: (seconds: number) => void;
  readonly isDueForSaving: () => boolean;
  /** Whether the newest checkpoint is that of the last update. */
  readonly isSaved: () => boolean;
  /** @throws {CpcError} if a tensor is not float32. */
  readonly save: (tensors: NamedHostTensors) => Promise<TrainingEventOf<'checkpoint-saved'>>;
  /** The same error, with the last good checkpoint named where there is one. */
  readonly explain: (error: unknown) => unknown;
  /** What `run-start` tells of where and how far the course goes. */
  readonly goal: () => Pick<TrainingEventOf<'run-start'>, 'step' | 'totalSteps' | 'totalMinutes'>;
  readonly end: () => TrainingEventOf<'run-end'>;
}

/**
 * Finds the newest good checkpoint, and goes on from there; from the beginning if there is none.
 *
 * @param restore - given what the checkpoint holds.
 * @throws {CpcError} if the checkpoint is another run's; or there are checkpoints, and none is whole.
 */
export async function openCourse(
  options: CourseOptions,
  restore: (checkpoint: Checkpoint) => void | Promise<void>,
): Promise<Course> {
  const { checkpoints } = options;
  const damaged: TrainingEvent[] = [];
  const checkpoint = await newestWhole(checkpoints, 'checkpoints', ({ path, reason }) =>
    damaged.push({ type: 'checkpoint-damaged', path, reason }),
  );
  if (checkpoint !== undefined) {
    requireSameRun(checkpoint, options);
    await restore(checkpoint);
  }
  let { step, trainedSeconds } = placeIn(checkpoint);
  let savedAt = { step, trainedSeconds };
  let savedPath = checkpoint === undefined ? undefined : await placeOf(checkpoints, checkpoint);
  const isDone = () =>
    step >= (options.steps ?? Number.POSITIVE_INFINITY) ||
    trainedSeconds >= (options.minutes ?? Number.POSITIVE_INFINITY) * 60;
  return {
    get step() {
      return step;
    },
    get trainedSeconds() {
      return trainedSeconds;
    },
    damaged,
    isDone,
    advance: (seconds) => {
      step += 1;
      trainedSeconds += seconds;
    },
    isDueForSaving: () => {
      const { checkpointEverySteps = 500, checkpointEverySeconds = 120 } = options;
      const [steps, seconds] = [step - savedAt.step, trainedSeconds - savedAt.trainedSeconds];
      return steps >= checkpointEverySteps || seconds >= checkpointEverySeconds;
    },
    isSaved: () => savedAt.step === step && savedPath !== undefined,
    save: async (tensors) => {
      savedPath = await checkpoints.save(toCheckpoint(tensors, { step, trainedSeconds }, options));
      savedAt = { step, trainedSeconds };
      return { type: 'checkpoint-saved', step, path: savedPath };
    },
    explain: (error) => withCheckpoint(error, savedPath),
    goal: () => ({
      step,
      totalSteps: options.steps,
      totalMinutes: options.minutes,
    }),
    end: () => ({ type: 'run-end', step, reason: isDone() ? 'completed' : 'interrupted', trainedSeconds }),
  };
}

/**
 * @param where - the function whose options they are.
 * @throws {CpcArgumentError} if neither `steps` nor `minutes` is given, or a number is out of range.
 */
export function requireCourse(where: string, options: Omit<CourseOptions, 'checkpoints' | 'seed'>): void {
  requireEnd(where, options);
  requireIntervals(where, options);
}

function placeIn(checkpoint: Checkpoint | undefined): { readonly step: number; readonly trainedSeconds: number } {
  if (checkpoint === undefined) return { step: 0, trainedSeconds: 0 };
  return { step: checkpoint.step, trainedSeconds: Number(checkpoint.metadata.trainedSeconds ?? 0) }; // early ones have no time
}

function toCheckpoint(
  tensors: NamedHostTensors,
  { step, trainedSeconds }: { readonly step: number; readonly trainedSeconds: number },
  { seed, fingerprint = '' }: CourseOptions,
): Checkpoint {
  const metadata = { seed: String(seed), trainedSeconds: String(trainedSeconds), fingerprint };
  return { step, tensors: float32Values(tensors, `checkpoint of step ${step}`), metadata };
}

/** @throws {CpcError} at the first value that is not float32. */
export function float32Values(tensors: NamedHostTensors, where: string): Record<string, HostArray> {
  const entries = Object.entries(tensors).map(([name, { shape, data }]): [string, HostArray] => {
    if (data instanceof Float32Array) return [name, { shape, data }];
    throw new CpcError({ where, expected: `float32 values in ${name}`, received: data.constructor.name });
  });
  return Object.fromEntries(entries);
}

function requireSameRun({ step, metadata }: Checkpoint, { seed, fingerprint = '' }: CourseOptions): void {
  requireSame('seed', String(seed), metadata.seed, step);
  requireSame('settings and data', fingerprint, metadata.fingerprint, step);
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
  const parts = {
    where: error.where,
    expected: error.expected,
    received: error.received,
    fix: `${error.fix ?? ''} The last checkpoint is ${path}.`,
    cause: error,
  };
  return NotFiniteError.isInstance(error) ? new NotFiniteError(parts, error.lastGood) : new CpcError(parts);
}

function requireEnd(where: string, { steps, minutes }: Pick<CourseOptions, 'steps' | 'minutes'>): void {
  const badSteps = steps !== undefined && !(Number.isInteger(steps) && steps >= 0);
  const badMinutes = minutes !== undefined && !(minutes > 0);
  if ((steps !== undefined || minutes !== undefined) && !badSteps && !badMinutes) return;
  throw new CpcArgumentError({
    where,
    argument: badMinutes ? 'minutes' : 'steps',
    expected: 'steps (a whole number of at least 0) or minutes (above 0), or both',
    received: badMinutes ? minutes : steps,
  });
}

function requireIntervals(
  where: string,
  {
    checkpointEverySteps,
    checkpointEverySeconds,
  }: Pick<CourseOptions, 'checkpointEverySteps' | 'checkpointEverySeconds'>,
): void {
  if (checkpointEverySteps !== undefined && !(Number.isInteger(checkpointEverySteps) && checkpointEverySteps >= 1)) {
    const expected = 'checkpointEverySteps to be a whole number of at least 1';
    throw new CpcArgumentError({ where, argument: 'checkpointEverySteps', expected, received: checkpointEverySteps });
  }
  if (checkpointEverySeconds !== undefined && !(checkpointEverySeconds > 0)) {
    const expected = 'checkpointEverySeconds to be above 0';
    throw new CpcArgumentError({
      where,
      argument: 'checkpointEverySeconds',
      expected,
      received: checkpointEverySeconds,
    });
  }
}

/** Lets timers and messages of this thread have their turn: a step may hold it for a second. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
