/**
 * Several training steps as one set of figures: a single step's are those of one batch.
 *
 * Letters used for shapes here:
 *   K  prediction steps
 */
import { type AgentAverages, averageAgentUpdates } from './agent-measurements.js';
import { offsetsOf, type StepMeasurements } from './step-measurements.js';

/** Over how many of the last steps a run's final figures are means. */
export const finalSteps = 100;

/** Means over some steps of one run. */
export interface StepAverages {
  /** how many steps */
  readonly count: number;
  readonly lossNats: number;
  /** [K] how far ahead each target lies, in positions */
  readonly offsets: readonly number[];
  /** [K] 0 .. 1 */
  readonly accuracy: readonly number[];
  /** [K] */
  readonly boundNats: readonly number[];
  readonly stepMilliseconds: number;
  readonly inputWaitMilliseconds: number;
  readonly examplesPerSecond: number;
  /** of runs in which an agent makes the data */
  readonly agent?: AgentAverages;
}

/**
 * The plain mean of every figure.
 *
 * @param steps - of one run: all with the same K.
 * @returns undefined if there are none.
 *
 * @example
 * const final = averageSteps(parseMetrics(text, path).slice(-finalSteps));
 */
export function averageSteps(steps: readonly StepMeasurements[]): StepAverages | undefined {
  const [first] = steps;
  if (first === undefined) return undefined;
  const mean = (read: (step: StepMeasurements) => number) =>
    steps.reduce((sum, step) => sum + read(step), 0) / steps.length;
  const meanOfEach = (read: (step: StepMeasurements) => readonly number[]) =>
    read(first).map((_, index) => mean((step) => read(step)[index] ?? 0)); // [K]
  const agent = averageAgentUpdates(steps.flatMap((step) => step.agent ?? []));
  return {
    count: steps.length,
    lossNats: mean(({ lossNats }) => lossNats),
    offsets: offsetsOf(first),
    accuracy: meanOfEach(({ accuracy }) => accuracy),
    boundNats: meanOfEach(({ boundNats }) => boundNats),
    stepMilliseconds: mean(({ stepMilliseconds }) => stepMilliseconds),
    inputWaitMilliseconds: mean(({ inputWaitMilliseconds }) => inputWaitMilliseconds),
    examplesPerSecond: mean(({ examplesPerSecond }) => examplesPerSecond),
    ...(agent === undefined ? {} : { agent }),
  };
}
