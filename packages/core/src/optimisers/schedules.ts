/**
 * Learning rates that change with time: pure functions from the number of an update to its rate, so that a resumed run
 * has the rates of an uninterrupted one.
 *
 * Updates are counted from 1, as in `Optimiser.scalars`. A decay over n updates gives update 1 its first rate, update
 * n + 1 and all that follow its last: what PyTorch's schedulers give before their step 0, 1, …
 */
import { CpcArgumentError } from '@cpc/base';

/** The rate of update number `step`, counted from 1; >= 0. */
export type Schedule = (step: number) => number;

/** One rate throughout, or a schedule. */
export type LearningRate = number | Schedule;

export interface DecayOptions {
  /** Rate of the first update; > 0. */
  readonly from: number;
  /** Rate after `steps` updates; >= 0, default 0. */
  readonly to?: number;
  /** Updates from one to the other; a whole number of at least 1. */
  readonly steps: number;
}

/** A rate that is kept for some updates. */
export interface RatePhase {
  /** A whole number of at least 1. */
  readonly steps: number;
  /** > 0. */
  readonly rate: number;
}

/**
 * The same rate throughout.
 *
 * @throws {CpcArgumentError} if the rate is not above 0.
 */
export function constantRate(rate: number): Schedule {
  requireRate('constantRate', 'rate', rate);
  return () => rate;
}

/**
 * In a straight line from one rate to another; to 0 for A2C.
 *
 * @throws {CpcArgumentError} if a rate or the number of steps is out of range.
 *
 * @example
 * linearDecay({ from: 7e-4, steps: 100_000 }); // 7e-4 first, 3.5e-4 at update 50,001, 0 from update 100,001 on
 */
export function linearDecay(options: DecayOptions): Schedule {
  return decay('linearDecay', options, (progress) => 1 - progress);
}

/**
 * Along half a cosine: slow at both ends (Loshchilov & Hutter, 2017, arXiv:1608.03983, equation 5, without restarts).
 *
 * @throws {CpcArgumentError} if a rate or the number of steps is out of range.
 *
 * @example
 * cosineDecay({ from: 2e-4, to: 2e-6, steps: 20_000 });
 */
export function cosineDecay(options: DecayOptions): Schedule {
  return decay('cosineDecay', options, (progress) => (1 + Math.cos(Math.PI * progress)) / 2);
}

/**
 * One rate after the other; the last one is kept after the end.
 *
 * @throws {CpcArgumentError} if there is no phase, or one has a rate or number of steps out of range.
 *
 * @example
 * // the linear probe on pictures, arXiv:1807.03748, section 3.2
 * stepDecay([{ steps: 50_000, rate: 0.1 }, { steps: 25_000, rate: 0.01 }, { steps: 10_000, rate: 0.001 }]);
 */
export function stepDecay(phases: readonly RatePhase[]): Schedule {
  const last = phases.at(-1);
  if (last === undefined) {
    throw new CpcArgumentError({
      where: 'stepDecay',
      argument: 'phases',
      expected: 'at least one phase { steps, rate }',
      received: phases,
    });
  }
  let total = 0;
  const ends = phases.map(({ steps, rate }) => {
    requireRate('stepDecay', 'rate', rate);
    requireSteps('stepDecay', steps);
    total += steps;
    return { end: total, rate };
  });
  return (step) => (ends.find(({ end }) => step <= end) ?? last).rate;
}

/**
 * Update n of the first `steps` has n / steps of the first rate of the rate or schedule; after them it runs from its start.
 *
 * @throws {CpcArgumentError} if `steps` or a constant rate is out of range.
 *
 * @example
 * warmUp({ steps: 500, learningRate: cosineDecay({ from: 2e-4, steps: 20_000 }) }); // ends after 20,500 updates
 */
export function warmUp({
  steps,
  learningRate,
}: {
  readonly steps: number;
  readonly learningRate: LearningRate;
}): Schedule {
  requireSteps('warmUp', steps);
  const rateAt = scheduleOf('warmUp', learningRate);
  return (step) => (step <= steps ? (rateAt(1) * step) / steps : rateAt(step - steps));
}

/**
 * A rate or schedule as a schedule that is checked: for optimisers.
 *
 * @param where - the function whose option it is.
 * @throws {CpcArgumentError} at once if a constant rate is not above 0; when asked, if a schedule gives NaN, an infinite or
 *   a negative rate, naming the update.
 */
export function scheduleOf(where: string, learningRate: LearningRate): Schedule {
  if (typeof learningRate === 'number') {
    requireRate(where, 'learningRate', learningRate);
    return () => learningRate;
  }
  return (step) => {
    const rate = learningRate(step);
    if (rate >= 0 && Number.isFinite(rate)) return rate;
    throw new CpcArgumentError({
      where,
      argument: 'learningRate',
      expected: `the schedule to give update ${step} a rate of at least 0`,
      received: rate,
    });
  };
}

function decay(
  where: string,
  { from, to = 0, steps }: DecayOptions,
  shareLeft: (progress: number) => number,
): Schedule {
  requireRate(where, 'from', from);
  requireSteps(where, steps);
  if (!(to >= 0 && Number.isFinite(to))) {
    throw new CpcArgumentError({ where, argument: 'to', expected: 'to to be a number of at least 0', received: to });
  }
  return (step) => {
    const left = shareLeft(Math.min(1, (step - 1) / steps));
    return from * left + to * (1 - left);
  };
}

function requireRate(where: string, argument: string, rate: number): void {
  if (rate > 0 && Number.isFinite(rate)) return;
  throw new CpcArgumentError({ where, argument, expected: `${argument} to be a number above 0`, received: rate });
}

function requireSteps(where: string, steps: number): void {
  if (Number.isInteger(steps) && steps >= 1) return;
  const expected = 'steps to be a whole number of at least 1';
  throw new CpcArgumentError({ where, argument: 'steps', expected, received: steps });
}
