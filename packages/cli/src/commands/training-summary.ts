/** Reads the events of a training run: shows how it goes, and keeps what is worth reporting at the end. */
import {
  type AgentAverages,
  averageSteps,
  createInputWait,
  finalSteps,
  type StepMeasurements,
  type TrainingEvent,
  type TrainingEventOf,
} from '@cpc/records';
import { duration, grouped, percent, short, visibleLine } from '@cpc/runs/commands';
import type { Progress, ProgressState } from '../terminal/progress.js';

/** Means over the last steps: a single step's figures are those of one batch. */
export interface FinalFigures {
  readonly averagedSteps: number;
  readonly lossNats: number;
  /** [K] by predicted step; entry i belongs to the target `offsets[i]` ahead. */
  readonly accuracy: readonly number[];
  readonly boundNats: readonly number[];
  readonly offsets: readonly number[];
  readonly examplesPerSecond: number;
  /** Of runs in which an agent makes the data. */
  readonly agent?: AgentAverages;
}

export interface TrainingSummary {
  readonly status: 'completed' | 'interrupted';
  readonly steps: number;
  readonly trainedSeconds: number;
  /** Absent if no step was taken. */
  readonly final?: FinalFigures | undefined;
  /** Part of the time spent waiting for batches, 0 .. 1, after the first ten steps of this sitting; absent if there were no more. */
  readonly inputWaitShare?: number | undefined;
  readonly warnings: readonly string[];
}

type Start = TrainingEventOf<'run-start'>;
type Step = TrainingEventOf<'step-end'>;

export interface FollowOptions {
  /** What earlier sittings of a run that goes on have logged; asked once, at `run-start`. */
  readonly earlierSteps?: () => Promise<readonly StepMeasurements[]>;
  /** Whether it was asked to stop: events that then end before the first update are an interrupted run without one. */
  readonly stopRequested?: () => boolean;
  /** A clock, in milliseconds. */
  readonly now?: () => number;
}

/** @throws {Error} if the events end without `run-end`, and nobody asked for it. */
export async function followTraining(
  events: AsyncIterable<TrainingEvent>,
  progress: Progress,
  { earlierSteps = async () => [], stopRequested = () => false, now = () => performance.now() }: FollowOptions = {},
): Promise<TrainingSummary> {
  const recent: StepMeasurements[] = [];
  const warnings: string[] = [];
  const wait = createInputWait();
  let describe: ((step: Step) => ProgressState) | undefined;
  let end: TrainingEventOf<'run-end'> | undefined;
  const warn = (message: string) => {
    warnings.push(message);
    progress.say(`warning: ${visibleLine(message)}`);
  };
  for await (const event of events) {
    if (event.type === 'run-start') {
      progress.say(openingLine(event));
      recent.push(...(await earlierSteps()).slice(-finalSteps));
      describe = progressOf(event, recent, now);
    } else if (event.type === 'step-end') {
      recent.push(event);
      wait.add(event);
      if (recent.length > finalSteps) recent.shift();
      if (describe !== undefined) progress.update(describe(event));
    } else if (event.type === 'warning') warn(event.message);
    else if (event.type === 'input-damaged') warn(`not trained on, damaged: ${event.reason}`);
    else if (event.type === 'checkpoint-damaged') {
      warn(`${event.path} is damaged (${event.reason}); an older checkpoint is taken.`);
    } else if (event.type === 'run-end') end = event;
  }
  if (end === undefined && stopRequested()) return { status: 'interrupted', steps: 0, trainedSeconds: 0, warnings };
  if (end === undefined) throw new Error('training ended without its last event, run-end');
  const final = finalFigures(recent);
  const inputWaitShare = wait.share()?.value;
  return {
    status: end.reason,
    steps: end.step,
    trainedSeconds: end.trainedSeconds,
    final,
    inputWaitShare,
    warnings,
  };
}

function openingLine({ step, parameterCount, engine, traceMilliseconds }: Start): string {
  const begin = step === 0 ? 'Training' : `Going on after step ${step}:`;
  const ready = traceMilliseconds === undefined ? '' : `, ready in ${duration(traceMilliseconds / 1000)}`;
  return `${begin} ${grouped(parameterCount)} parameters on ${engine.name} (${engine.note ?? engine.provider ?? 'no details'})${ready}`;
}

/** Time left is judged by the pace of this sitting. */
function progressOf(
  start: Start,
  recent: readonly StepMeasurements[],
  now: () => number,
): (step: Step) => ProgressState {
  const begun = now();
  let firstFraction: number | undefined;
  return (event) => {
    const fraction = fractionOf(start, event);
    firstFraction ??= start.step === 0 ? 0 : fraction;
    const left = fraction === undefined ? undefined : secondsLeft(fraction, firstFraction ?? 0, (now() - begun) / 1000);
    return {
      fraction,
      text: position(start, event),
      further: figures(recent),
      left: left === undefined ? undefined : `${duration(left)} left`,
    };
  };
}

/** What is reached first ends the run. */
function fractionOf({ totalSteps, totalMinutes }: Start, { step, trainedSeconds }: Step): number | undefined {
  const bySteps = totalSteps === undefined ? 0 : step / Math.max(1, totalSteps);
  const byTime = totalMinutes === undefined ? 0 : trainedSeconds / (totalMinutes * 60);
  return totalSteps === undefined && totalMinutes === undefined ? undefined : Math.min(1, Math.max(bySteps, byTime));
}

function secondsLeft(fraction: number, firstFraction: number, elapsedSeconds: number): number | undefined {
  const done = fraction - firstFraction;
  return done > 0 ? (elapsedSeconds * (1 - fraction)) / done : undefined;
}

function position({ totalSteps, totalMinutes }: Start, { step, trainedSeconds }: Step): string {
  const steps = totalSteps === undefined ? `step ${step}` : `step ${step}/${totalSteps}`;
  return totalMinutes === undefined ? steps : `${steps}  ${short(trainedSeconds / 60)}/${totalMinutes} min`;
}

function figures(recent: readonly StepMeasurements[]): string[] {
  const final = finalFigures(recent);
  if (final === undefined) return [];
  const { accuracy, boundNats, offsets, agent } = final;
  if (agent !== undefined) return agentFigures(agent, final);
  const last = accuracy.length - 1;
  const accuracies = last < 1 ? [0] : [0, last];
  const shown = accuracies.map((index) => `k${offsets[index]} ${percent(accuracy[index] ?? 0)}`);
  return [
    `loss ${short(final.lossNats)} nats`,
    `accuracy ${shown.join(' ')}`,
    `bound ${short(boundNats[0] ?? 0)} nats`,
    `${short(final.examplesPerSecond)} examples/s`,
  ];
}

/** An agent's return comes first; what its contrastive task came to, where it has one, last. */
function agentFigures(agent: AgentAverages, { accuracy, offsets }: FinalFigures): string[] {
  const { episodeReturn, entropyNats, explainedVariance, framesPerSecond } = agent;
  return [
    ...(episodeReturn === undefined ? [] : [`return ${short(episodeReturn)}`]),
    `entropy ${short(entropyNats)} nats`,
    ...(explainedVariance === undefined ? [] : [`explained ${short(explainedVariance)}`]),
    `${short(framesPerSecond)} frames/s`,
    ...(offsets.length === 0 ? [] : [`accuracy k${offsets[0]} ${percent(accuracy[0] ?? 0)}`]),
  ];
}

function finalFigures(steps: readonly StepMeasurements[]): FinalFigures | undefined {
  const means = averageSteps(steps);
  if (means === undefined) return undefined;
  const { count, lossNats, accuracy, boundNats, offsets, examplesPerSecond, agent } = means;
  const ofAgent = agent === undefined ? {} : { agent };
  return { averagedSteps: count, lossNats, accuracy, boundNats, offsets, examplesPerSecond, ...ofAgent };
}
