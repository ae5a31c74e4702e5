/**
 * How well a policy does: whole episodes, and what their rewards came to.
 *
 * Letters used for shapes here:
 *   B  copies
 */
import { CpcArgumentError } from '@cpc/core';
import type { Observations, VectorEnvironment } from '@cpc/environments';
import type { Moment } from '../agent/actor.js';
import { clippedReward } from '../learning/returns.js';
import type { PlayedEpisode } from './player.js';
import type { Policy } from './policies.js';

export interface EvaluatePolicyOptions {
  readonly environment: VectorEnvironment;
  readonly policy: Policy;
  /** How many; at least as many as there are copies. */
  readonly episodes: number;
  /** Decides the episodes: policies evaluated with the same seed meet the same beginnings. */
  readonly seed: number;
  /** As in training: what the agent is told of the rewards. */
  readonly rewardLimit: number;
  /** Shown what copy 0 sees, before every step of its first episode and after the last. */
  readonly watch?: (observation: Observations) => void;
  /** Asked after every step: true leaves. */
  readonly stopRequested?: () => boolean;
}

/**
 * Plays episodes from their beginning to their end.
 *
 * Every copy plays the same number of episodes, give or take one, however long they are: to take whichever end first would count
 * short ones too often.
 *
 * @returns the episodes as they end; fewer only where it was stopped.
 * @throws {CpcArgumentError} if there are fewer episodes than copies.
 */
export async function* evaluatePolicy(options: EvaluatePolicyOptions): AsyncGenerator<PlayedEpisode, void, undefined> {
  const { environment, policy, episodes, seed, rewardLimit, watch, stopRequested } = options;
  const { copies } = environment;
  requireEpisodes(episodes, copies);
  const left = Array.from({ length: copies }, (_, copy) => Math.floor((episodes + copies - 1 - copy) / copies));
  const [returns, lengths] = [new Float64Array(copies), new Int32Array(copies)];
  let moment = firstMoment(await environment.reset(seed), copies);
  let isWatched = watch !== undefined;
  while (left.some((count) => count > 0) && !stopRequested?.()) {
    if (isWatched) watch?.(ofFirst(moment.observations, copies));
    const actions = await policy.act(moment);
    const outcome = await environment.step(actions).catch((error: unknown) => {
      if (environment.isRemote === true && stopRequested?.() === true) return undefined;
      throw error;
    });
    if (outcome === undefined) return;
    const { observations, rewards, terminated, truncated, finalObservations } = outcome;
    const ended = terminated.map((flag, copy) => flag | (truncated[copy] ?? 0));
    for (let copy = 0; copy < copies; copy++) {
      returns[copy] = (returns[copy] ?? 0) + (rewards[copy] ?? 0);
      lengths[copy] = (lengths[copy] ?? 0) + 1;
      if (ended[copy] !== 1) continue;
      if ((left[copy] ?? 0) > 0) yield { return: returns[copy] ?? 0, steps: lengths[copy] ?? 0 };
      left[copy] = (left[copy] ?? 0) - 1;
      [returns[copy], lengths[copy]] = [0, 0];
    }
    if (isWatched && ended[0] === 1) {
      watch?.(finalObservations.get(0) ?? ofFirst(observations, copies));
      isWatched = false;
    }
    const lastRewards = rewards.map((reward) => clippedReward(reward, rewardLimit));
    moment = { observations, lastRewards, lastActions: actions, starts: Float32Array.from(ended) };
  }
}

function firstMoment(observations: Observations, copies: number): Moment {
  const [lastRewards, lastActions] = [new Float32Array(copies), new Int32Array(copies)];
  return { observations, lastRewards, lastActions, starts: new Float32Array(copies).fill(1) };
}

function ofFirst(observations: Observations, copies: number): Observations {
  return observations.slice(0, observations.length / copies);
}

function requireEpisodes(received: number, copies: number): void {
  if (Number.isInteger(received) && received >= copies) return;
  throw new CpcArgumentError({
    where: 'evaluatePolicy',
    argument: 'episodes',
    expected: `a whole number of at least ${copies}, as many as the environment has copies`,
    received,
    fix: 'Play more episodes, or create the environment with fewer copies.',
  });
}
