/**
 * Training by labels that stops early: round after round of updates, each followed by an evaluation on held-out examples.
 *
 * Knows neither the network nor the data: a step, what draws its batches and what measures the accuracy are given.
 */
import type { NamedHostTensors } from '@cpc/compile';
import type { HostArray, LossStep, Tree } from '@cpc/core';

export interface RoundLimits {
  /** Evaluations that are made at least; default 1. */
  readonly leastRounds?: number | undefined;
  /** Evaluations that are made at most; >= 1. */
  readonly maxRounds: number;
  /** Evaluations without a better one, after which training ends; >= 1. */
  readonly patience: number;
}

export interface Rounds {
  readonly step: LossStep;
  /** The batch of an update, counted from 1. */
  readonly draw: (update: number) => Promise<NamedHostTensors>;
  /** Of the parameters as they are now, on the examples to stop by; from 0 to 1. */
  readonly accuracyNow: () => Promise<number>;
  /** Updates of a round; >= 1. */
  readonly perRound: number;
  readonly limits: RoundLimits;
}

export interface RoundUpdate {
  /** Updates so far. */
  readonly updates: number;
  /** If training is not ended early. */
  readonly ofUpdates: number;
  readonly lossNats: number;
  /** At the last evaluation; absent before the first. */
  readonly validationAccuracy?: number;
}

export interface BestRound {
  /** Of the evaluation with the best accuracy, the earliest of equals. */
  readonly parameters: Tree<HostArray>;
  readonly validationAccuracy: number;
  /** The evaluation that they come from, counted from 1. */
  readonly bestRound: number;
  /** Evaluations made. */
  readonly rounds: number;
}

/**
 * Trains until the accuracy on held-out examples has not risen for `patience` rounds.
 *
 * @returns every update, and the best parameters at the end; whoever stops reading ends the training.
 * @throws {CpcError} if the loss stops being finite.
 */
export async function* trainRounds({
  step,
  draw,
  accuracyNow,
  perRound,
  limits,
}: Rounds): AsyncGenerator<RoundUpdate, BestRound, undefined> {
  const { leastRounds = 1, maxRounds, patience } = limits;
  let best = { bestRound: 0, validationAccuracy: Number.NEGATIVE_INFINITY, parameters: step.current() };
  let latest: Pick<RoundUpdate, 'validationAccuracy'> = {};
  let rounds = 0;
  while (rounds < maxRounds && (rounds < leastRounds || rounds - best.bestRound < patience)) {
    for (let updates = rounds * perRound + 1; updates <= (rounds + 1) * perRound; updates++) {
      const lossNats = await step.run(await draw(updates), updates);
      yield { updates, ofUpdates: maxRounds * perRound, lossNats, ...latest };
    }
    rounds += 1;
    const validationAccuracy = await accuracyNow();
    latest = { validationAccuracy };
    if (validationAccuracy > best.validationAccuracy)
      best = { bestRound: rounds, validationAccuracy, parameters: step.current() };
  }
  return { ...best, rounds };
}
